package view_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/apps/view"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// A person's own page, as `wardflow page` serves it, in a real browser: it is found
// by its name, keeps its session, signs, and heeds no other page.
func TestDeskPage(t *testing.T) {
	needBrowser(t)
	h := pkitest.New(t)
	ward := newWard()
	s := serve(t, h, ward)
	admin := h.Staff("admin")
	c, err := control.NewClient("https://"+s.Addr().String(), pki.ClientTLS(func() flow.Signer { return admin }, h.Verifier(), pki.Only(flow.RoleNode), "h2", "http/1.1"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	desk, err := control.ServeDesk(control.DeskConfig{Client: c, Page: view.Files()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := desk.Close(); err != nil {
			t.Error(err)
		}
	})
	away := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>away</title>"))
	}))
	t.Cleanup(away.Close)
	port := away.URL[strings.LastIndex(away.URL, ":"):]
	drive(t, "e2e/desk.mjs", s, map[string]string{"link": desk.Login().Link, "away": away.URL + " http://localhost" + port + " http://evil.localhost" + port})
	did := ward.Did()
	if len(did) != 1 || !slices.Contains(did, "deploy night by spiffe://people.h1.health.example/staff/admin") {
		t.Errorf("the ward was told %q, want one deployment", did)
	}
}
