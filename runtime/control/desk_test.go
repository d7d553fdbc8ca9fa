package control_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A deskBench is a desk of the admin's before a node.
type deskBench struct {
	*bench
	desk *control.Desk
	host string
	web  *http.Client // of a browser that finds the desk by its name
}

func newDesk(t *testing.T, change ...func(*control.Config)) *deskBench {
	t.Helper()
	b := &deskBench{bench: newBench(t, change...)}
	desk, err := control.ServeDesk(control.DeskConfig{
		Client: b.client(b.h.Staff("admin"), b.h.Verifier()),
		Page:   fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>own page</title>")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := desk.Close(); err != nil {
			t.Error(err)
		}
	})
	b.desk = desk
	b.host = strings.TrimPrefix(strings.SplitN(desk.Login().Link, "/#", 2)[0], "http://")
	b.web = b.browse()
	return b
}

// browse is a browser, for which every name under localhost is this machine.
func (b *deskBench) browse() *http.Client {
	tr := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, b.desk.Addr().String())
	}}
	b.Cleanup(tr.CloseIdleConnections)
	jar, _ := cookiejar.New(nil) // never fails without options
	return &http.Client{Transport: tr, Jar: jar}
}

func (b *deskBench) ask(c *http.Client, method, path, body string, header ...string) (int, http.Header, string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, "http://"+b.host+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(text)
}

func (b *deskBench) enter() {
	b.Helper()
	_, token, _ := strings.Cut(b.desk.Login().Link, "#login=")
	status, head, body := b.ask(b.web, "POST", "/api/v1/session", fmt.Sprintf(`{"token":%q}`, token))
	if status != http.StatusCreated {
		b.Fatalf("enter: %d %s", status, body)
	}
	for _, want := range []string{"wardflow-desk=", "HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(head.Get("Set-Cookie"), want) {
			b.Errorf("cookie %q lacks %q", head.Get("Set-Cookie"), want)
		}
	}
	if strings.Contains(head.Get("Set-Cookie"), "Domain=") {
		b.Errorf("cookie %q is for more than one host", head.Get("Set-Cookie"))
	}
}

// At a desk a person sees, plans and deploys in her own name, and what is deployed
// is signed on its way.
func TestDesk(t *testing.T) {
	b := newDesk(t)
	if status, head, body := b.ask(b.web, "GET", "/", ""); status != 200 || !strings.Contains(body, "own page") || !strings.Contains(head.Get("Content-Security-Policy"), "default-src 'none'") || head.Get("Strict-Transport-Security") != "" {
		t.Errorf("the page: %d %q %s", status, head, body)
	}
	b.enter()
	var s control.Session
	_, _, body := b.ask(b.web, "GET", "/api/v1/session", "")
	if err := json.Unmarshal([]byte(body), &s); err != nil || !s.Signs || s.Role != flow.RoleStaff || s.ID.Name != "admin" || len(s.May) == 0 {
		t.Errorf("session %s: want the admin's, which signs", body)
	}
	if _, _, body := b.ask(b.web, "GET", "/api/v1/session?app=ward&nonsense=1", ""); !strings.Contains(body, "nonsense") {
		t.Errorf("a question is not passed on: %s", body)
	}
	if status, _, body := b.ask(b.web, "POST", "/api/v1/apps?dry-run", `{"name":"night","script":"x"}`); status != 200 || !strings.Contains(body, `"change":"start"`) {
		t.Errorf("plan: %d %s", status, body)
	}
	if status, head, body := b.ask(b.web, "POST", "/api/v1/apps", `{"name":"night","script":"x"}`); status != 201 || head.Get("Location") != "/api/v1/apps/night" {
		t.Errorf("deploy: %d %q %s", status, head, body)
	}
	if status, _, body := b.ask(b.web, "POST", "/api/v1/apps", `{"name":"night","script":"nosuch"}`); status != 422 || !strings.Contains(body, "WF0102") {
		t.Errorf("a script with a mistake: %d %s", status, body)
	}
	if status, _, body := b.ask(b.web, "DELETE", "/api/v1/apps/night", ""); status != 204 || body != "" {
		t.Errorf("stop: %d %s", status, body)
	}
	if status, _, body := b.ask(b.web, "POST", "/api/v1/actors/ward:bed1:collector/move", `{"node":"ward"}`); status != 204 {
		t.Errorf("move: %d %s", status, body)
	}
	if status, _, body := b.ask(b.web, "GET", "/api/v1/links/why?from=ward:bed1:hr&to=ward:log", ""); status != 404 || !strings.Contains(body, "problem") {
		t.Errorf("what the node does not have: %d %s", status, body)
	}
	want := fmt.Sprintf(`["deploy night by %s","stop night by %s","move ward:bed1:collector to \"ward\" by %s"]`, admin, admin, admin)
	if did := asJSON(t, b.ward.Did()); did != want {
		t.Errorf("the ward was told %s, want %s", did, want)
	}
	if status, head, _ := b.ask(b.web, "DELETE", "/api/v1/session", ""); status != 204 || head.Get("Clear-Site-Data") == "" {
		t.Errorf("leave: %d %v", status, head)
	}
	if status, _, _ := b.ask(b.web, "GET", "/api/v1/status", ""); status != http.StatusUnauthorized {
		t.Errorf("after leaving: %d, want 401", status)
	}
}

// The signature that the desk makes is one that says this very deployment.
func TestDeskSigns(t *testing.T) {
	var got control.Deployment
	b := newDesk(t, func(c *control.Config) { c.Backend = &spying{Backend: c.Backend, deployed: &got} })
	b.enter()
	if status, _, body := b.ask(b.web, "POST", "/api/v1/apps", `{"name":"night","script":"x","includes":{"a":"b"}}`); status != 201 {
		t.Fatalf("deploy: %d %s", status, body)
	}
	st, err := proof.OpenStatement(got.Signature)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Is(st); err != nil {
		t.Errorf("what came is signed as something else: %v", err)
	}
}

// What is deployed twice under one key from the page happens once, though it is the
// desk that signs.
func TestDeskDeploysOnce(t *testing.T) {
	b := newDesk(t)
	b.enter()
	night := `{"name":"night","script":"x"}`
	for i, replayed := range []string{"", "true", "true"} {
		status, head, body := b.ask(b.web, "POST", "/api/v1/apps", night, "Idempotency-Key", "k")
		if status != 201 || head.Get("Idempotency-Replayed") != replayed {
			t.Errorf("time %d: %d, replayed %q: %s", i+1, status, head.Get("Idempotency-Replayed"), body)
		}
	}
	if status, _, body := b.ask(b.web, "POST", "/api/v1/apps", `{"name":"night","script":"y"}`, "Idempotency-Key", "k"); status != 422 {
		t.Errorf("another script under the same key: %d %s, want 422", status, body)
	}
	if did := b.ward.Did(); len(did) != 1 {
		t.Errorf("the ward was told %q, want one deployment", did)
	}
}

// Nobody gets in who has not opened the link: by another name, from a page of
// elsewhere, without a session, or by a link that was used.
func TestDeskIsForOneBrowser(t *testing.T) {
	b := newDesk(t)
	login := b.desk.Login()
	_, token, _ := strings.Cut(login.Link, "#login=")
	in := fmt.Sprintf(`{"token":%q}`, token)
	_, port, _ := strings.Cut(b.host, ":")
	if !strings.HasSuffix(strings.TrimSuffix(b.host, ":"+port), ".localhost") || len(b.host) < 30 {
		t.Errorf("the desk is called %q, which can be guessed", b.host)
	}
	for _, host := range []string{"127.0.0.1:" + port, "localhost:" + port, "evil.example", "evil.example:" + port, strings.TrimSuffix(b.host, ":"+port)} {
		for _, path := range []string{"/", "/api/v1/session"} {
			if status, _, body := b.ask(b.web, "GET", path, "", "Host", host); status != http.StatusMisdirectedRequest {
				t.Errorf("%s as %q: %d %s, want 421", path, host, status, body)
			}
		}
	}
	for _, header := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "http://localhost:1"}, {"Origin", "null"}} {
		if status, _, body := b.ask(b.web, "POST", "/api/v1/session", in, header...); status != http.StatusForbidden {
			t.Errorf("enter with %v: %d %s, want 403", header, status, body)
		}
	}
	for _, tt := range []struct{ method, path, body string }{
		{"GET", "/api/v1/session", ""}, {"GET", "/api/v1/status", ""}, {"GET", "/api/v1/events", ""}, {"POST", "/api/v1/apps", `{"name":"a","script":"x"}`}, {"DELETE", "/api/v1/apps/ward", ""}, {"POST", "/api/v1/logins", "{}"},
	} {
		if status, _, body := b.ask(b.web, tt.method, tt.path, tt.body); status != http.StatusUnauthorized || !strings.Contains(body, "wardflow page") {
			t.Errorf("%s %s without a session: %d %s, want 401", tt.method, tt.path, status, body)
		}
		if status, _, _ := b.ask(b.web, tt.method, tt.path, tt.body, "Cookie", "wardflow-desk="+token); status != http.StatusUnauthorized {
			t.Errorf("%s %s with the token for a session: %d, want 401", tt.method, tt.path, status)
		}
	}
	if status, _, body := b.ask(b.web, "POST", "/api/v1/session", in); status != http.StatusCreated {
		t.Fatalf("enter: %d %s", status, body)
	}
	for _, site := range []string{"cross-site", "same-site"} {
		if status, _, _ := b.ask(b.web, "GET", "/api/v1/status", "", "Sec-Fetch-Site", site); status != http.StatusForbidden {
			t.Errorf("a page of elsewhere (%s) reads: %d, want 403", site, status)
		}
	}
	if status, _, body := b.ask(b.browse(), "POST", "/api/v1/session", in); status != http.StatusUnauthorized {
		t.Errorf("the link a second time: %d %s, want 401", status, body)
	}
	if status, _, _ := b.ask(b.web, "GET", "/chain/rpc", ""); status != http.StatusNotFound {
		t.Errorf("what is not of the API: %d, want 404: only that is passed on", status)
	}
	if did := b.ward.Did(); len(did) > 0 {
		t.Errorf("the ward was told %q", did)
	}
}

// What a browser says of itself stays at the desk, and cookies of the node do not
// come through; the stream does, as it goes.
func TestDeskPassesOnlyWhatItMust(t *testing.T) {
	b := newDesk(t)
	b.enter()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+b.host+"/api/v1/events?changes", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := b.web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	in := bufio.NewReader(resp.Body)
	if e := nextEvent(t, in); e["event"] != "snapshot" {
		t.Errorf("first event %.100v", e)
	}
	if e := nextEvent(t, in); e["event"] != "changes" {
		t.Errorf("second event %.100v", e)
	}
	_, head, _ := b.ask(b.web, "GET", "/api/v1/status", "", "Origin", "http://"+b.host, "Referer", "http://x/", "X-Forwarded-For", "1.2.3.4")
	for name := range head {
		switch name {
		case "Set-Cookie", "Strict-Transport-Security", "Server":
			t.Errorf("the answer has %s: %q", name, head.Get(name))
		}
	}
	if err := b.s.Close(); err != nil {
		t.Fatal(err)
	}
	if status, _, body := b.ask(b.web, "GET", "/api/v1/status", ""); status != http.StatusBadGateway || !strings.Contains(body, "urn:wardflow:problem:unreachable") {
		t.Errorf("without its node: %d %s, want 502", status, body)
	}
}

func TestDeskStaysHome(t *testing.T) {
	b := newBench(t)
	c := b.client(b.h.Staff("admin"), b.h.Verifier())
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "localhost", "ward.example:80"} {
		if d, err := control.ServeDesk(control.DeskConfig{Client: c, Page: fstest.MapFS{}, Addr: addr}); err == nil {
			d.Close()
			t.Errorf("a desk at %q, where others reach it", addr)
		}
	}
	if _, err := control.ServeDesk(control.DeskConfig{Client: b.client(flow.Signer{}, b.h.Verifier()), Page: fstest.MapFS{}}); err == nil {
		t.Error("a desk of nobody's")
	}
}

// A spying backend keeps what was deployed.
type spying struct {
	control.Backend
	deployed *control.Deployment
}

func (s *spying) Deploy(ctx context.Context, by flow.Identity, d control.Deployment) (*control.App, error) {
	*s.deployed = d
	return s.Backend.Deploy(ctx, by, d)
}
