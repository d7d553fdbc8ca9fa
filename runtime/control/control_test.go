package control_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
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
	log  bytes.Buffer
}

func newBench(t *testing.T, change ...func(*control.Config)) *bench {
	t.Helper()
	b := &bench{T: t, ward: controltest.New(nil), h: pkitest.New(t)}
	own := b.h.Node("ward")
	cfg := control.Config{
		Backend: b.ward,
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

// Who may do what, over all routes: what is not said here to be allowed must
// be a problem of 401 or 403, and must not have reached the ward.
func TestWhoMayDoWhat(t *testing.T) {
	b := newBench(t)
	b.s.Mount("/chain/rpc", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, control.CallerOf(r).ID.Name)
	}), flow.RoleNode, flow.RoleStaff)
	people := []struct {
		name   string
		client *http.Client
	}{
		{"nobody", b.browser(flow.Signer{})},
		{"viewer", b.viewer()},
		{"staff", b.browser(b.h.Staff("admin"))},
		{"node", b.browser(b.h.Node("bedside"))},
		{"device", b.browser(b.h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg"))},
		{"stranger", b.browser(b.h.Rogue().Staff("admin"))},
		{"neighbour", b.browser(b.h.Neighbour().Staff("admin"))},
	}
	script := `{"name":"night","script":"x"}`
	routes := []struct {
		method, path, body string
		may                string // who gets an answer of the 200s
	}{
		{"GET", "/api/v1/status", "", "viewer staff"},
		{"GET", "/api/v1/apps", "", "viewer staff"},
		{"GET", "/api/v1/apps/ward", "", "viewer staff"},
		{"GET", "/api/v1/nodes", "", "viewer staff"},
		{"GET", "/api/v1/actors", "", "viewer staff"},
		{"GET", "/api/v1/links", "", "viewer staff"},
		{"GET", "/api/v1/refusals", "", "viewer staff"},
		{"GET", "/api/v1/session", "", "viewer staff"},
		{"POST", "/api/v1/check", script, "staff"},
		{"POST", "/api/v1/apps?dry-run", script, "staff"},
		{"POST", "/api/v1/apps", script, "staff"},
		{"DELETE", "/api/v1/apps/night", "", "staff"},
		{"POST", "/api/v1/logins", "{}", "staff"},
		{"POST", "/chain/rpc", "{}", "staff node"},
		{"GET", "/api/v1/nothing", "", ""},
		{"PUT", "/api/v1/apps/ward", script, ""},
		{"PATCH", "/api/v1/status", script, ""},
		{"GET", "/", "", "nobody viewer staff node device stranger neighbour"},
		{"GET", "/assets/a-1.js", "", "nobody viewer staff node device stranger neighbour"},
		{"POST", "/", "{}", ""},
		{"DELETE", "/api/v1/session", "", "viewer staff"}, // last: it ends the viewer's session
	}
	for _, rt := range routes {
		for _, p := range people {
			status, head, body := b.do(p.client, rt.method, rt.path, rt.body)
			if allowed := strings.Contains(" "+rt.may+" ", " "+p.name+" "); allowed != (status < 300) {
				t.Errorf("%s %s as %s: %d, want allowed %t: %s", rt.method, rt.path, p.name, status, allowed, body)
			}
			if status < 300 {
				continue
			}
			var problem control.Problem
			if err := json.Unmarshal([]byte(body), &problem); err != nil || head.Get("Content-Type") != "application/problem+json" || problem.Status != status || problem.Title == "" {
				t.Errorf("%s %s as %s: %d %q is no problem+json", rt.method, rt.path, p.name, status, body)
			}
			known := p.name == "staff" || p.name == "viewer" && rt.method == "GET"
			if !known && rt.path != "/" && status != http.StatusUnauthorized && status != http.StatusForbidden {
				t.Errorf("%s %s as %s: %d, want 401 or 403", rt.method, rt.path, p.name, status)
			}
		}
	}
	const admin = "spiffe://people.h1.health.example/staff/admin"
	if got, want := fmt.Sprint(b.ward.Did()), "[deploy night by "+admin+" stop night by "+admin+"]"; got != want {
		t.Errorf("the ward was told %s, want %s", got, want)
	}
	// A session that was ended is good for nothing.
	if status, _, body := b.do(people[1].client, "GET", "/api/v1/status", ""); status != http.StatusUnauthorized {
		t.Errorf("after logging out: %d %s, want 401", status, body)
	}
}

func TestRefusedCertificateIsToldWhy(t *testing.T) {
	b := newBench(t)
	_, _, body := b.do(b.browser(b.h.Rogue().Staff("admin")), "GET", "/api/v1/status", "")
	if !strings.Contains(body, "its root is not one we trust") {
		t.Errorf("a stranger is told %s, not why", body)
	}
	admin := b.h.Staff("admin")
	c := b.browser(admin)
	if status, _, body := b.do(c, "GET", "/api/v1/status", ""); status != http.StatusOK {
		t.Fatalf("staff: %d %s", status, body)
	}
	// The same connection, after the certificate was revoked.
	b.h.Verifier().RevokeLeaf(admin.ID.Leaf)
	if status, _, body := b.do(c, "GET", "/api/v1/status", ""); status != http.StatusForbidden || !strings.Contains(body, "revoked") {
		t.Errorf("revoked staff: %d %s, want 403 because it is revoked", status, body)
	}
}

func TestOneTimeLink(t *testing.T) {
	b := newBench(t)
	login := b.s.Login("")
	if want := b.url + "/#login="; !strings.HasPrefix(login.Link, want) {
		t.Fatalf("link %q, want one that begins with %q", login.Link, want)
	}
	_, token, _ := strings.Cut(login.Link, "#login=")
	body := fmt.Sprintf(`{"token":%q}`, token)
	c := b.browser(flow.Signer{})
	status, head, _ := b.do(c, "POST", "/api/v1/session", body)
	if status != http.StatusCreated {
		t.Fatalf("log in: %d", status)
	}
	cookie := head.Get("Set-Cookie")
	for _, want := range []string{"__Host-wardflow=", "; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Strict", "Expires="} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %q", cookie, want)
		}
	}
	if strings.Contains(cookie, "Domain=") {
		t.Errorf("cookie %q has a domain", cookie)
	}
	if status, _, body := b.do(b.browser(flow.Signer{}), "POST", "/api/v1/session", body); status != http.StatusUnauthorized {
		t.Errorf("the link a second time: %d %s, want 401", status, body)
	}
	if status, _, body := b.do(c, "GET", "/api/v1/session", ""); status != http.StatusOK || !strings.Contains(body, `"role":"viewer"`) {
		t.Errorf("who am I: %d %s, want a viewer", status, body)
	}
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
	for _, tt := range []struct{ path, cache, kind, body string }{
		{"/", "no-cache", "text/html; charset=utf-8", "<title>page"},
		{"/assets/a-1.js", "public, max-age=31536000, immutable", "text/javascript; charset=utf-8", "// script"},
	} {
		_, head, _ := b.do(c, "GET", tt.path, "", "Accept-Encoding", "gzip")
		if got := head.Get("Content-Encoding"); got != "gzip" {
			t.Errorf("%s: encoding %q, want gzip", tt.path, got)
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

// The stream: events with ids, problems in between, a good-bye at the end.
func TestEvents(t *testing.T) {
	b := newBench(t)
	resp, err := b.viewer().Get(b.url + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	in := bufio.NewReader(resp.Body)
	first := nextEvent(t, in)
	if first["event"] != "snapshot" || !strings.HasSuffix(first["id"], "-1") || !strings.Contains(first["data"], `"apiVersion":"wardflow/v1"`) {
		t.Fatalf("first event %.200v", first)
	}
	var snap control.Snapshot
	if err := json.Unmarshal([]byte(first["data"]), &snap); err != nil {
		t.Fatal(err)
	}
	if len(snap.Nodes) != 3 || len(snap.Actors) != 19 || len(snap.Links) != 20 || snap.Apps[0].Script != "" {
		t.Errorf("%d nodes, %d actors, %d links, script %q; want 3, 19, 20 and none", len(snap.Nodes), len(snap.Actors), len(snap.Links), snap.Apps[0].Script)
	}
	b.ward.Fail(fmt.Errorf("no leader: %w", control.ErrUnavailable))
	for e := nextEvent(t, in); e["event"] != "problem"; e = nextEvent(t, in) {
	}
	b.ward.Fail(nil)
	for e := nextEvent(t, in); e["event"] != "snapshot"; e = nextEvent(t, in) {
	}
	if err := b.s.Close(); err != nil {
		t.Fatal(err)
	}
	e := nextEvent(t, in)
	for e["event"] == "snapshot" {
		e = nextEvent(t, in)
	}
	if e["event"] != "bye" || !strings.Contains(e["data"], "stopping") {
		t.Errorf("the last event is %v, want bye", e)
	}
}

// A viewer who comes back is told how much it missed; one who never was here,
// or saw another process, is not.
func TestEventsResume(t *testing.T) {
	b := newBench(t)
	other, err := b.viewer().Get(b.url + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Body.Close()
	in := bufio.NewReader(other.Body)
	first := nextEvent(t, in)
	nextEvent(t, in)
	nextEvent(t, in)

	for id, wantSkipped := range map[string]bool{first["id"]: true, "elsewhere-1": false, "nonsense": false, "": false} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", b.url+"/api/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Last-Event-ID", id)
		resp, err := b.viewer().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		e := nextEvent(t, bufio.NewReader(resp.Body))
		resp.Body.Close()
		if got := e["event"] == "skipped"; got != wantSkipped {
			t.Errorf("resumed after %q: first event %.80v, want skipped %t", id, e, wantSkipped)
		}
	}
}

func TestEventsAreBounded(t *testing.T) {
	b := newBench(t, func(c *control.Config) { c.MaxViewers = 1 })
	c := b.viewer()
	resp, err := c.Get(b.url + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	nextEvent(t, bufio.NewReader(resp.Body))
	if status, _, body := b.do(c, "GET", "/api/v1/events", ""); status != http.StatusServiceUnavailable || !strings.Contains(body, "too many viewers") {
		t.Errorf("one viewer too many: %d %s", status, body)
	}
	if status, _, _ := b.do(b.browser(flow.Signer{}), "GET", "/api/v1/events", ""); status != http.StatusUnauthorized {
		t.Errorf("nobody may watch: %d", status)
	}
}

// nextEvent reads one event, past comments.
func nextEvent(t *testing.T, in *bufio.Reader) map[string]string {
	t.Helper()
	e := map[string]string{}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatalf("read an event: %v (so far %v)", err, e)
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "" && e["event"] != "" {
			return e
		}
		if name, value, ok := strings.Cut(line, ": "); ok && name != "" {
			e[name] = value
		}
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
