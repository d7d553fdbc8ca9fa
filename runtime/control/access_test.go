package control_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

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
		{"GET", "/api/v1/audit?refused=true&limit=5&who=node", "", "staff"},
		{"GET", "/api/v1/audit?limit=0", "", ""},
		{"GET", "/api/v1/audit?kind=bla", "", ""},
		{"GET", "/api/v1/audit?kind=link", "", "staff"},
		{"GET", "/api/v1/audit?whom=me", "", ""},
		{"GET", "/api/v1/session", "", "viewer staff"},
		{"POST", "/api/v1/check", script, "staff"},
		{"POST", "/api/v1/apps?dry-run", script, "staff"},
		{"POST", "/api/v1/apps", script, "staff"},
		{"DELETE", "/api/v1/apps/night", "", "staff"},
		{"POST", "/api/v1/logins", "{}", "staff"},
		{"POST", "/chain/rpc", "{}", "staff node"},
		{"POST", "/api/v1/actors/ward:bed1:collector/move", `{"node":"ward"}`, "staff"},
		{"POST", "/api/v1/actors/ward:bed1:check/scale", `{"replicas":2}`, "staff"},
		{"PUT", "/api/v1/nodes/bedside/drain", "{}", "staff"},
		{"DELETE", "/api/v1/nodes/bedside/drain", "", "staff"},
		{"DELETE", "/api/v1/nodes/bedside", "", "staff"},
		{"GET", "/api/v1/register", "", "viewer staff"},
		{"PUT", "/api/v1/register/voters/records", "{}", "staff"},
		{"DELETE", "/api/v1/register/voters/records", "", "staff"},
		{"GET", "/api/v1/register/backup", "", "staff"},
		{"POST", "/api/v1/register/restore", "{}", ""}, // not what a backup is sent as
		{"POST", "/api/v1/gossip/rotate", "{}", "staff"},
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
	const by = " by " + admin
	want := []string{"deploy night" + by, "stop night" + by, `move ward:bed1:collector to "ward"` + by, "scale ward:bed1:check to 2" + by,
		"drain bedside" + by, "undrain bedside" + by, "leave bedside" + by, "add voter records" + by, "remove voter records" + by, "backup" + by, "rotate" + by}
	if got := b.ward.Did(); !slices.Equal(got, want) {
		t.Errorf("the ward was told %q, want %q", got, want)
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
