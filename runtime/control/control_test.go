package control_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// A bench is a server before a ward that looks alive, and everybody who may
// come along.
type bench struct {
	*testing.T
	ward *controltest.Ward
	h    *pkitest.Hospital
	s    *control.Server
	url  string
}

func newBench(t *testing.T, change ...func(*control.Config)) *bench {
	t.Helper()
	b := &bench{T: t, ward: controltest.New(nil), h: pkitest.New(t)}
	own := b.h.Node("ward")
	cfg := control.Config{
		Backend: b.ward,
		May:     controltest.May,
		Own:     func() flow.Signer { return own },
		Verify: func(chain []*x509.Certificate) (flow.Identity, error) {
			return b.h.Verifier().Identify(chain, time.Now())
		},
		Page: fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>page</title>")}, "assets/a-1.js": {Data: []byte("// script")}},
	}
	for _, c := range change {
		c(&cfg)
	}
	s, err := control.Serve(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b.s, b.url = s, "https://"+s.Addr().String()
	return b
}

// browser is somebody's HTTP client; a zero signer shows no certificate.
func (b *bench) browser(who flow.Signer) *http.Client {
	b.Helper()
	conf := &tls.Config{InsecureSkipVerify: true}
	if who.Key != nil {
		c, err := pki.Certificate(who)
		if err != nil {
			b.Fatal(err)
		}
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c, nil }
	}
	jar, _ := cookiejar.New(nil) // never fails without options
	tr := &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}
	b.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Jar: jar}
}

// viewer is logged in by a one-time link.
func (b *bench) viewer() *http.Client {
	b.Helper()
	c := b.browser(flow.Signer{})
	_, token, _ := strings.Cut(b.s.Login("").Link, "#login=")
	if status, _, body := b.do(c, "POST", "/api/v1/session", fmt.Sprintf(`{"token":%q}`, token)); status != http.StatusCreated {
		b.Fatalf("log in: %d %s", status, body)
	}
	return c
}

func (b *bench) do(c *http.Client, method, path, body string, header ...string) (int, http.Header, string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(data)
}

func TestHeaders(t *testing.T) {
	b := newBench(t)
	c := b.viewer()
	for _, path := range []string{"/", "/assets/a-1.js", "/api/v1/status", "/api/v1/nothing"} {
		_, head, _ := b.do(c, "GET", path, "")
		policy := head.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: policy %q lacks %q", path, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q allows what is unsafe", path, policy)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := head.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	// Strict transport is for names; an address would ignore it, localhost suffer.
	for host, want := range map[string]bool{"ward.h1.health.example:7443": true, "localhost:7443": false, "127.0.0.1": false, "[::1]:7443": false} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", b.url+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		resp, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Strict-Transport-Security") != ""; got != want {
			t.Errorf("host %s: strict transport %t, want %t", host, got, want)
		}
	}
}

func TestPageIsPackedAndKept(t *testing.T) {
	b := newBench(t)
	c := b.browser(flow.Signer{})
	for _, tt := range []struct{ path, packed, cache, kind, body string }{
		{"/", "", "no-cache", "text/html; charset=utf-8", "<title>page"},
		{"/assets/a-1.js", "gzip", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8", "// script"},
	} {
		_, head, _ := b.do(c, "GET", tt.path, "", "Accept-Encoding", "gzip")
		if got := head.Get("Content-Encoding"); got != tt.packed {
			t.Errorf("%s: encoding %q, want %q", tt.path, got, tt.packed)
		}
		_, head, body := b.do(c, "GET", tt.path, "") // the client unpacks
		if head.Get("Cache-Control") != tt.cache || head.Get("Content-Type") != tt.kind || !strings.Contains(body, tt.body) {
			t.Errorf("%s: %q %q %q, want %q %q %q", tt.path, head.Get("Cache-Control"), head.Get("Content-Type"), body, tt.cache, tt.kind, tt.body)
		}
		_, head, body = b.do(c, "GET", tt.path, "", "Accept-Encoding", "br, gzip;q=0")
		if head.Get("Content-Encoding") != "" || !strings.Contains(body, tt.body) {
			t.Errorf("%s without gzip: %q %q", tt.path, head.Get("Content-Encoding"), body)
		}
	}
}

func TestBadRequests(t *testing.T) {
	b := newBench(t, func(c *control.Config) { c.MaxBody = 2000 })
	c := b.browser(b.h.Staff("admin"))
	for _, tt := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
		says                     string
	}{
		{"another origin", "POST", "/api/v1/apps", `{"name":"a","script":""}`, []string{"Origin", "https://evil.example"}, 403, "another origin"},
		{"another site", "DELETE", "/api/v1/apps/ward", "", []string{"Sec-Fetch-Site", "cross-site"}, 403, "another origin"},
		{"a form", "POST", "/api/v1/apps", `{"name":"a"}`, []string{"Content-Type", "text/plain"}, 415, "send application/json"},
		{"no JSON", "POST", "/api/v1/apps", `name=a`, nil, 400, "body:"},
		{"a field we don't know", "POST", "/api/v1/apps", `{"name":"a","scirpt":""}`, nil, 400, `unknown field \"scirpt\"`},
		{"two values", "POST", "/api/v1/apps", `{"name":"a"} {}`, nil, 400, "more than one JSON value"},
		{"too large", "POST", "/api/v1/check", `{"name":"a","script":"` + strings.Repeat("x", 3000) + `"}`, nil, 413, "over 2000 bytes"},
		{"a bad name", "POST", "/api/v1/apps", `{"name":"a:b","script":""}`, nil, 400, "a letter, then letters"},
		{"a script with a mistake", "POST", "/api/v1/apps", `{"name":"a","script":"\nx: nosuch()"}`, nil, 422, `"line":2,"col":4,"severity":"error","code":"WF0102"`},
		{"no node fit", "POST", "/api/v1/apps", `{"name":"a","script":"nowhere"}`, nil, 422, "io.gpio"},
		{"no such application", "GET", "/api/v1/apps/none", "", nil, 404, "no such thing"},
		{"no such application to stop", "DELETE", "/api/v1/apps/none", "", nil, 404, "no such thing"},
	} {
		status, head, body := b.do(c, tt.method, tt.path, tt.body, tt.header...)
		if status != tt.status || !strings.Contains(body, tt.says) || head.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %q %s, want %d and %q", tt.name, status, head.Get("Content-Type"), body, tt.status, tt.says)
		}
	}
	if did := b.ward.Did(); len(did) != 0 {
		t.Errorf("the ward was told %v, want nothing", did)
	}
}

func TestOwnFaultsStayInside(t *testing.T) {
	var log bytes.Buffer
	b := newBench(t, func(c *control.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	b.ward.Fail(errors.New("disk /var/secret is broken"))
	status, _, body := b.do(b.viewer(), "GET", "/api/v1/status", "")
	if status != http.StatusInternalServerError || strings.Contains(body, "secret") {
		t.Errorf("a fault of the node: %d %s, want 500 without its text", status, body)
	}
	b.ward.Fail(fmt.Errorf("no leader yet: %w", control.ErrUnavailable))
	status, head, body := b.do(b.viewer(), "GET", "/api/v1/status", "")
	if status != http.StatusServiceUnavailable || head.Get("Retry-After") == "" || !strings.Contains(body, "no leader yet") {
		t.Errorf("not just now: %d %s", status, body)
	}
	if err := b.s.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "disk /var/secret is broken") {
		t.Errorf("the log does not say what happened: %s", log.String())
	}
}

// Browsers see the certificate that names the host; our own clients the node's.
func TestWebCertificate(t *testing.T) {
	web := pkitest.New(t).Node("web")
	b := newBench(t, func(c *control.Config) {
		c.Web = func() (*tls.Certificate, error) { return pki.Certificate(web) }
	})
	conf := &tls.Config{InsecureSkipVerify: true}
	conn, err := tls.Dial("tcp", b.s.Addr().String(), conf)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.ConnectionState().PeerCertificates[0].URIs[0].Path; got != "/node/web" {
		t.Errorf("a browser sees %s, want /node/web", got)
	}
	if _, err := b.client(b.h.Staff("admin"), b.h.Verifier()).Apps(t.Context()); err != nil {
		t.Errorf("our own client: %v", err)
	}
}

func TestServeNeeds(t *testing.T) {
	if _, err := control.Serve(control.Config{}); err == nil || !strings.Contains(err.Error(), "Backend is not set") {
		t.Errorf("Serve without a backend: %v, want an error that names it", err)
	}
}
