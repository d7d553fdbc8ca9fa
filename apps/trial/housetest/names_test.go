package housetest_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/apps/trial/housetest"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/trace/tracetest"
)

// The pseudonyms that no surface may show to who has no right to them.
const (
	canary = "canary-7f3a"
	other  = "canary-9b1c"
)

// Whatever goes wrong with a patient's card and readings, nobody without the right
// to see refusals learns of whom it is: not by any address of the API, by events,
// metrics, traces or the nodes' logs.
func TestNobodyIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("starts real nodes")
	}
	traces := tracetest.New(t)
	h := housetest.Open(t, housetest.Config{Patient: canary, Edit: func(c *node.Config) {
		c.Trace = &node.TraceConfig{Endpoint: traces.URL, Share: 1}
	}})
	s := &snoop{T: t, h: h, who: staffClient(t, h, h.Enrol(flow.RoleStaff, "nurse"))}
	s.refusals()
	all := &snoop{T: t, h: h, who: staffClient(t, h, h.Engineer)}
	if _, body := all.get("https://" + h.Configs[housetest.Ward].Control + "/api/v1/apps/ward"); !strings.Contains(body, canary) {
		t.Errorf("who may see whose the ward is does not: %.300s", body)
	}
	s.look("after refusals", "canary")

	slot, aside := h.File("cards", canary), h.File("aside")
	h.Enrol(flow.RolePatient, other, "another")
	for _, tt := range []struct {
		what string
		do   func() error
		says string // the collector's error, as the engineer sees it
	}{
		{"another patient's card", func() error {
			return errors.Join(os.Rename(slot, aside), os.CopyFS(slot, os.DirFS(h.File("another"))), os.Chmod(slot+"/key.pem", 0o600))
		}, "the card is not the patient's"},
		{"a key that all may read", func() error {
			return errors.Join(os.RemoveAll(slot), os.CopyFS(slot, os.DirFS(aside)), os.Chmod(slot+"/key.pem", 0o644))
		}, "cards/…/key.pem"},
	} {
		if err := tt.do(); err != nil {
			t.Fatal(err)
		}
		h.Seen(tt.what, func(v *control.Snapshot) string {
			for _, a := range v.Actors {
				if a.Type == "ward.Collector" {
					if strings.Contains(a.LastError, tt.says) {
						return ""
					}
					return fmt.Sprintf("the collector is %s: %q, want %q in it", a.State, a.LastError, tt.says)
				}
			}
			return "there is no collector"
		})
		s.look(tt.what, "canary")
	}
	for _, span := range traces.Spans() {
		if text := fmt.Sprintf("%+v", span); strings.Contains(text, "canary") {
			t.Errorf("a span: %s", text)
		}
	}
	if len(traces.Spans()) == 0 {
		t.Error("no traces came")
	}
}

// staffClient is somebody's HTTP client for the control API.
func staffClient(t *testing.T, h *housetest.House, who flow.Signer) *http.Client {
	tr := &http.Transport{TLSClientConfig: pki.ClientTLS(func() flow.Signer { return who }, h.Verifier, pki.Only(flow.RoleNode)), ForceAttemptHTTP2: true}
	tr.TLSClientConfig.NextProtos = []string{"h2", "http/1.1", control.ClientProto}
	tr.TLSClientConfig.MinVersion = tls.VersionTLS13
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: time.Minute}
}

// A snoop looks everywhere.
type snoop struct {
	*testing.T
	h   *housetest.House
	who *http.Client
}

// refusals has readings of the device outside refused for all reasons that it can be
// the cause of.
func (s *snoop) refusals() {
	s.Helper()
	now := time.Now()
	bring := func(seq int, kind, unit, value string, at time.Time) {
		s.h.BringHTTPS("application/json", fmt.Appendf(nil, `{"stream":"t","seq":%d,"kind":%q,"unit":%q,"at":%d,"value":%q}`, seq, kind, unit, at.UnixNano(), value))
	}
	bring(1, "8310-5", "Cel", "36.6", now)
	bring(2, "8310-5", "Cel", "99.9", now)                       // too high
	bring(3, "8310-5", "Cel", "1.5", now)                        // too low
	bring(4, "8310-5", "[degF]", "98", now)                      // another unit
	bring(5, "no-such-kind", "Cel", "36", now)                   // no rule
	bring(6, "8310-5", "Cel", "36.5", now.Add(-90*24*time.Hour)) // too old
	bring(7, "8310-5", "Cel", "36.5", now.Add(20*time.Minute))   // ahead
	bring(1, "8310-5", "Cel", "36.6", now)                       // again
	sealed := s.h.Seal(&flow.Reading{Stream: "s", Seq: 1, Kind: "8867-4", Unit: "/min", At: now, Scale: 1_000_000, Samples: []int64{72}})
	sealed[len(sealed)-3] ^= 1
	s.h.BringHTTPS("application/cose", sealed) // a signature that does not hold
	s.h.Seen("refusals are seen", func(v *control.Snapshot) string {
		if len(v.Refusals) < 3 {
			return fmt.Sprintf("there are %d", len(v.Refusals))
		}
		return ""
	})
}

// look asks every address that is only read, of each node, and reads logs.
func (s *snoop) look(when, hidden string) {
	s.Helper()
	for _, n := range housetest.Nodes {
		base := "https://" + s.h.Configs[n].Control
		for _, path := range append(s.addresses(base), "/metrics") {
			code, body := s.get(base + path)
			if i := strings.Index(body, hidden); i >= 0 {
				s.Errorf("%s, %s of %s says (%d): …%s…", when, path, n, code, body[max(0, i-150):min(len(body), i+60)])
			}
		}
		log, err := os.ReadFile(s.h.Log(n))
		if err != nil {
			s.Fatal(err)
		}
		if i := bytes.Index(log, []byte(hidden)); i >= 0 {
			s.Errorf("%s, the log of %s says: …%s…", when, n, log[max(0, i-200):min(len(log), i+60)])
		}
	}
}

// addresses are all that there are at a node, by its own description, with the names
// of what is there.
func (s *snoop) addresses(base string) []string {
	s.Helper()
	var api struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(control.OpenAPI(), &api); err != nil {
		s.Fatal(err)
	}
	var v control.Snapshot
	if code, body := s.get(base + "/api/v1/status"); code != http.StatusOK || json.Unmarshal([]byte(body), &v) != nil {
		s.Fatalf("the status: %d %.300s", code, body)
	}
	var all []string
	for path, methods := range api.Paths {
		if methods["get"] == nil {
			continue
		}
		path = "/api/v1" + strings.TrimPrefix(path, "/api/v1")
		var names []string
		switch {
		case strings.Contains(path, "/actors/{id}"):
			for _, a := range v.Actors {
				names = append(names, string(a.ID))
			}
		case strings.Contains(path, "/links/{id}"):
			for _, l := range v.Links {
				names = append(names, string(l.ID))
			}
		case strings.Contains(path, "/nodes/{id}"):
			for _, n := range v.Nodes {
				names = append(names, string(n.ID))
			}
		case strings.Contains(path, "/apps/{name}"):
			for _, a := range v.Apps {
				names = append(names, a.Name)
			}
		case strings.Contains(path, "/links/why"):
			for _, l := range v.Links {
				all = append(all, path+"?from="+url.QueryEscape(string(l.From.Actor))+"&to="+url.QueryEscape(string(l.To.Actor)))
			}
			continue
		case !strings.Contains(path, "{"):
			all = append(all, path)
			continue
		default: // {code}: what is the same everywhere
			continue
		}
		for _, name := range names {
			at, end := strings.Index(path, "{"), strings.Index(path, "}")
			all = append(all, path[:at]+url.PathEscape(name)+path[end+1:])
		}
	}
	slices.Sort(all)
	if len(all) < 20 {
		s.Fatalf("only these were found: %v", all)
	}
	return all
}

// get is what somebody is answered; of a stream, its first event.
func (s *snoop) get(address string) (int, string) {
	s.Helper()
	resp, err := s.who.Get(address)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			s.Fatalf("%s: %v", address, err)
		}
		return resp.StatusCode, string(body)
	}
	var said strings.Builder
	lines := bufio.NewReader(resp.Body)
	for {
		line, err := lines.ReadString('\n')
		said.WriteString(line)
		if err != nil || strings.HasPrefix(line, "data: ") {
			return resp.StatusCode, said.String()
		}
	}
}
