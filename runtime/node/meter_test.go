package node_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/porttest"
)

// A scrape shows what the node counts: to people who may see and to nodes at the
// control API, and to programs of the same host where the configuration says so.
func TestScrapes(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a")
	api, plain := porttest.Address(t), porttest.Address(t)
	c.edit = func(cfg *node.Config) { cfg.Control, cfg.Metrics = api, plain }
	c.startAll()
	c.deploy("a", "app", `
count : std.CountTimer(sleep=0.01)
sink : test.Sink(quiet=true)
count.integer > sink.token
`)
	c.until("a", "tokens flow", func(s *control.Snapshot) bool { return link(s, "app:count.integer").Tokens >= 5 })

	scrape := func(url string, as *flow.Signer) (int, string) {
		conf := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13} // who answers is not what this is about
		if as != nil {
			cert := tls.Certificate{PrivateKey: as.Key}
			for _, x := range as.Chain {
				cert.Certificate = append(cert.Certificate, x.Raw)
			}
			conf.Certificates = []tls.Certificate{cert}
		}
		tr := &http.Transport{TLSClientConfig: conf}
		defer tr.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: tr}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	staff, device, peer := c.h.Staff("nurse"), c.h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg"), c.h.Node("b")
	rogue := c.h.Rogue().Staff("nurse")
	for _, tt := range []struct {
		name, url string
		as        *flow.Signer
		want      int
	}{
		{"staff", "https://" + api, &staff, http.StatusOK},
		{"a node", "https://" + api, &peer, http.StatusOK},
		{"a device", "https://" + api, &device, http.StatusForbidden},
		{"a stranger", "https://" + api, &rogue, http.StatusForbidden},
		{"nobody", "https://" + api, nil, http.StatusUnauthorized},
		{"a program of the host", "http://" + plain, nil, http.StatusOK},
	} {
		code, body := scrape(tt.url+"/metrics", tt.as)
		if code != tt.want {
			t.Errorf("a scrape by %s is %d, want %d: %s", tt.name, code, tt.want, body)
			continue
		}
		if code != http.StatusOK {
			if strings.Contains(body, "wardflow_link") {
				t.Errorf("%s was shown %s", tt.name, body)
			}
			continue
		}
		for _, want := range []string{`wardflow_link_tokens_total{app="app",link="app:count.integer > app:sink.token"} `, `wardflow_actor_firings_total{actor="app:count",app="app",type="std.CountTimer"} `,
			"wardflow_register_quorum 1", `wardflow_certificate_end_timestamp_seconds{name="a",use="node"} `, "wardflow_journal_sync_seconds_count ", "go_goroutines ", "process_open_fds "} {
			if !strings.Contains(body, "\n"+want) {
				t.Errorf("a scrape by %s does not have %s", tt.name, want)
			}
		}
	}
}
