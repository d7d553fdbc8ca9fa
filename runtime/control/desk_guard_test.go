package control_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// hasIPv6 reports whether this machine has ::1.
func hasIPv6() bool {
	l, err := net.Listen("tcp", "[::1]:0")
	return err == nil && l.Close() == nil
}

// A browser that is told a name under localhost asks ::1 first: nobody else on this
// machine may listen there, who would be shown the one-time link.
func TestDeskHoldsBothAddresses(t *testing.T) {
	if !hasIPv6() {
		t.Skip("this machine has no ::1")
	}
	b := newDesk(t)
	_, port, _ := net.SplitHostPort(b.desk.Addr().String())
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://[::1]:"+port+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = b.host
	tr := new(http.Transport)
	defer tr.CloseIdleConnections()
	resp, err := tr.RoundTrip(r)
	if err != nil {
		t.Fatalf("at ::1: %v: somebody else may listen there", err)
	}
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || !strings.Contains(string(text), "own page") {
		t.Errorf("at ::1: %s, %v: want the desk's page", text, err)
	}
}

func TestDeskIsNotWhereAnotherListens(t *testing.T) {
	if !hasIPv6() {
		t.Skip("this machine has no ::1")
	}
	b := newBench(t)
	for at, desk := range map[string]string{"[::1]:0": "127.0.0.1:", "127.0.0.1:0": "[::1]:"} {
		thief, err := net.Listen("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(thief.Addr().String())
		conf := control.DeskConfig{Client: b.client(b.h.Staff("admin"), b.h.Verifier()), Page: fstest.MapFS{}, Addr: desk + port}
		if d, err := control.ServeDesk(conf); err == nil {
			d.Close()
			t.Errorf("a desk at %s while another listens at %s", conf.Addr, thief.Addr())
		}
		conf.Host, _, _ = net.SplitHostPort(conf.Addr) // a browser that is told an address asks there only
		if d, err := control.ServeDesk(conf); err != nil {
			t.Errorf("a desk called by its address: %v", err)
		} else if err := d.Close(); err != nil {
			t.Error(err)
		}
		if err := thief.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A hostile node that people are led to gets no page of its own in the desk's place,
// and leads no request elsewhere.
func TestDeskTakesAnswersForData(t *testing.T) {
	b := newDesk(t)
	for path, kind := range map[string]string{"page": "text/html", "program": "text/javascript", "picture": "image/svg+xml", "nothing": ""} {
		b.s.Mount("GET /api/v1/"+path, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			if kind == "" {
				w.Header().Del("Content-Type")
			}
			_, _ = io.WriteString(w, "<!doctype html><script src=program></script>")
		}), flow.RoleStaff)
	}
	there := make(chan string, 1)
	b.s.Mount("GET /api/v1/there", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { there <- r.URL.Path }), flow.RoleStaff)
	b.s.Mount("GET /api/v1/away", http.RedirectHandler("/api/v1/there", http.StatusTemporaryRedirect), flow.RoleStaff)
	b.enter()
	for _, path := range []string{"page", "program", "picture", "nothing"} {
		_, head, _ := b.ask(b.web, "GET", "/api/v1/"+path, "")
		if head.Get("Content-Type") != "application/octet-stream" || head.Get("Content-Disposition") != "attachment" || !strings.Contains(head.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("a %s: %v: want a file that is kept, and shown nowhere", path, head)
		}
	}
	if status, _, body := b.ask(b.web, "GET", "/api/v1/away", ""); status != http.StatusBadGateway || len(there) > 0 {
		t.Errorf("a redirect: %d %s, want 502 and that it is not followed", status, body)
	}
	_, head, _ := b.ask(b.web, "GET", "/api/v1/status", "")
	if head.Get("Content-Type") != "application/json" || head.Get("Content-Disposition") != "" {
		t.Errorf("what nodes do answer: %v", head)
	}
}
