package control_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
)

// byPolicy decides as a node does: by a policy, and for whom it is about.
func byPolicy(t *testing.T, own string) func(control.Caller, control.Ask) error {
	t.Helper()
	p, err := policy.New(own)
	if err != nil {
		t.Fatal(err)
	}
	return func(who control.Caller, a control.Ask) error {
		id := who.ID
		if who.Role == control.RoleViewer {
			id = flow.Identity{Role: policy.RoleViewer}
		}
		if d := p.May(id, policy.Deed{Do: policy.Action(a.Do), App: a.App, Actor: a.Actor, Node: a.Node}); !d.Allowed {
			return fmt.Errorf("%w: %s", control.ErrDenied, d.Why())
		}
		return nil
	}
}

// request is a route as somebody asks for it, with everything that it needs.
func request(route string) (method, path, body string) {
	method, path, _ = strings.Cut(route, " ")
	path = "/api/v1" + strings.NewReplacer("{name}", "ward", "{code}", "WF0102", "{mock}", "io.lamp", "/actors/{id}", "/actors/ward:bed1:check",
		"/links/{id}", "/links/ward:bed1:hr.out%20%3E%20ward:bed1:collector.in", "{id}", "bedside").Replace(path)
	switch route {
	case "POST /actors/{id}/move":
		body = `{"node":"ward"}`
	case "POST /actors/{id}/scale":
		body = `{"replicas":2}`
	case "POST /mocks/{id}/{mock}":
		body = `{"clear":true}`
	case "POST /actors/{id}/report":
		body = `{}`
	case "POST /session":
		body = `{"token":"no"}`
	default:
		body = bodyFor(method)
	}
	if method == "GET" {
		body = ""
	}
	return method, path, body
}

// Who only looks changes nothing, over all routes, by the policy that is built in:
// of what is not for looking each request is 401 or 403, on record, and does not
// reach the cluster. The same holds for staff without further rights, but for what
// those may; and for everybody else it is all of it.
func TestWhoOnlyLooksChangesNothing(t *testing.T) {
	var mu sync.Mutex
	var events []flow.AuditEvent
	b := newBench(t, func(c *control.Config) {
		c.May = byPolicy(t, "")
		c.Audit = func(e flow.AuditEvent) {
			mu.Lock()
			defer mu.Unlock()
			events = append(events, e)
		}
	})
	people := []struct {
		name   string
		client *http.Client
		may    []string // actions
	}{
		{"a viewer", b.viewer(), []string{"see"}},
		{"staff", b.browser(b.h.Staff("nurse")), []string{"see", "check", "login"}},
		{"nobody", b.browser(flow.Signer{}), nil},
		{"a node", b.browser(b.h.Node("bedside")), nil},
		{"a device", b.browser(b.h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg")), nil},
		{"a collector's thief", b.browser(b.h.Rogue().Staff("admin")), nil},
		{"staff of next door", b.browser(b.h.Neighbour().Staff("admin")), nil},
	}
	routes := control.Routes()
	delete(routes, "POST /session")   // by which one comes in: its secret decides
	delete(routes, "DELETE /session") // ends one's own, which is needed here
	for _, route := range slices.Sorted(maps.Keys(routes)) {
		method, path, body := request(route)
		for _, who := range people {
			allowed := slices.Contains(who.may, routes[route])
			if allowed && strings.Contains("GET /events", route) {
				continue // a stream, which has tests of its own
			}
			mu.Lock()
			events = nil
			mu.Unlock()
			status, head, text := b.do(who.client, method, path, body)
			denied := status == http.StatusUnauthorized || status == http.StatusForbidden
			if denied == allowed {
				t.Errorf("%s as %s: %d, want allowed %t: %s", route, who.name, status, allowed, text)
			}
			mu.Lock()
			if denied && len(events) != 1 {
				t.Errorf("%s as %s: %d events on record, want one", route, who.name, len(events))
			}
			mu.Unlock()
			if denied && head.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s as %s: %q", route, who.name, head.Get("Content-Type"))
			}
			protected(t, route, head)
		}
	}
	if did := b.ward.Did(); len(did) > 0 {
		t.Errorf("the ward was told %q", did)
	}
}

// protected checks that every answer has the headers that keep browsers careful.
func protected(t *testing.T, route string, head http.Header) {
	t.Helper()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store"} {
		if head.Get(name) != want {
			t.Errorf("%s: %s is %q, want %q", route, name, head.Get(name), want)
		}
	}
	if csp := head.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("%s: policy %q", route, csp)
	}
	if head.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%s lets other origins read", route)
	}
}

// A hospital may let viewers see more; it can't let them change anything, since
// nobody could say who did.
func TestNoPolicyLetsViewersChange(t *testing.T) {
	all := byPolicy(t, `@id("far-too-much") permit (principal is Viewer, action, resource is Cluster); @id("more") permit (principal is Viewer, action, resource is App); @id("most") permit (principal is Viewer, action, resource is Node);`)
	b := newBench(t, func(c *control.Config) { c.May = all })
	viewer := b.viewer()
	for route, action := range control.Routes() {
		method, path, body := request(route)
		if method == "GET" || action == "see" || action == "check" || action == "" {
			continue
		}
		if status, _, text := b.do(viewer, method, path, body); status != http.StatusForbidden {
			t.Errorf("%s as a viewer whom the policy lets do everything: %d %s, want 403", route, status, text)
		}
	}
	if did := b.ward.Did(); len(did) > 0 {
		t.Errorf("the ward was told %q", did)
	}
}

// A page of another origin gets nothing out of a browser that shows a certificate,
// not even to look; a link to the API may be followed.
func TestOtherOriginsGetNothing(t *testing.T) {
	b := newBench(t)
	c := b.browser(b.h.Staff("admin"))
	for route, action := range control.Routes() {
		method, path, body := request(route)
		for _, site := range []string{"cross-site", "same-site"} {
			if status, _, text := b.do(c, method, path, body, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "cors"); status != http.StatusForbidden || !strings.Contains(text, "another origin") {
				t.Errorf("%s (%s, %s): %d %s, want 403", route, action, site, status, text)
			}
		}
	}
	for _, path := range []string{"/api/v1/events", "/api/v1/links/" + url.PathEscape("ward:bed1:hr.out > ward:bed1:check.in") + "/tap"} {
		if status, _, text := b.do(c, "GET", path, "", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"); status != http.StatusForbidden {
			t.Errorf("a frame of %s: %d %s, want 403: it takes a viewer's place, or taps in this person's name", path, status, text)
		}
	}
	if did := b.ward.Did(); len(did) > 0 {
		t.Errorf("the ward was told %q", did)
	}
	if status, _, _ := b.do(c, "GET", "/api/v1/openapi.json", "", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"); status != http.StatusOK {
		t.Errorf("a link to it: %d", status)
	}
	if status, _, _ := b.do(c, "GET", "/", "", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"); status != http.StatusOK {
		t.Errorf("a link to the page: %d", status)
	}
}
