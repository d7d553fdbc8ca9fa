package control_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A change with a key happens once, however often it is asked for, and is answered
// the same each time.
func TestIdempotencyKeys(t *testing.T) {
	b := newBench(t)
	c := b.browser(b.h.Staff("admin"))
	night := `{"name":"night","script":"x"}`
	status, head, first := b.do(c, "POST", "/api/v1/apps", night, "Idempotency-Key", "a")
	if status != 201 || head.Get("Idempotency-Replayed") != "" {
		t.Fatalf("the first: %d %v %s", status, head, first)
	}
	for _, key := range []string{"a", `"a"`} {
		status, head, again := b.do(c, "POST", "/api/v1/apps", night, "Idempotency-Key", key)
		if status != 201 || again != first || head.Get("Idempotency-Replayed") != "true" || head.Get("Location") != "/api/v1/apps/night" || head.Get("Content-Type") != "application/json" {
			t.Errorf("again with %s: %d %v %s, want %s", key, status, head, again, first)
		}
	}
	if status, _, body := b.do(c, "POST", "/api/v1/apps", `{"name":"day","script":"x"}`, "Idempotency-Key", "a"); status != 422 || !strings.Contains(body, "key-reused") {
		t.Errorf("another body: %d %s, want 422", status, body)
	}
	if status, _, body := b.do(c, "POST", "/api/v1/actors/ward:bed1:check/scale", night, "Idempotency-Key", "a"); status != 422 {
		t.Errorf("another address: %d %s, want 422", status, body)
	}
	other := b.browser(b.h.Staff("other"))
	if status, head, body := b.do(other, "POST", "/api/v1/apps", night, "Idempotency-Key", "a"); status != 201 || head.Get("Idempotency-Replayed") != "" {
		t.Errorf("another's key of the same name: %d %v %s, want it done", status, head, body)
	}
	for _, key := range []string{"", `""`, "with space", "ü", strings.Repeat("x", 300)} {
		if status, _, body := b.do(c, "POST", "/api/v1/apps", night, "Idempotency-Key", key); status != 400 {
			t.Errorf("key %q: %d %s, want 400", key, status, body)
		}
	}
	for _, path := range []string{"/api/v1/apps/night", "/api/v1/apps/night"} {
		if status, _, body := b.do(c, "DELETE", path, "", "Idempotency-Key", "gone"); status != 204 {
			t.Errorf("stop it, and again: %d %s, want 204 both times", status, body)
		}
	}
	want := []string{"deploy night by " + admin, "deploy night by " + strings.Replace(admin, "admin", "other", 1), "stop night by " + admin}
	if did := b.ward.Did(); !slices.Equal(did, want) {
		t.Errorf("the ward was told %q, want %q", did, want)
	}
}

// What failed for a reason that passes is tried again; a key opens nothing to who
// may not, and one-time links are made anew each time.
func TestIdempotencyKeysKeepNoTrouble(t *testing.T) {
	b := newBench(t)
	c := b.browser(b.h.Staff("admin"))
	night := `{"name":"night","script":"x"}`
	b.ward.Down("bedside", "its power went")
	b.ward.Down("records", "its power went")
	if status, _, _ := b.do(c, "POST", "/api/v1/apps", night, "Idempotency-Key", "a"); status != 503 {
		t.Fatalf("without a majority: %d", status)
	}
	b.ward.Down("bedside", "")
	if status, _, body := b.do(c, "POST", "/api/v1/apps", night, "Idempotency-Key", "a"); status != 201 {
		t.Errorf("with one again: %d %s, want it done", status, body)
	}
	if status, _, _ := b.do(b.viewer(), "DELETE", "/api/v1/apps/night", "", "Idempotency-Key", "a"); status != 403 {
		t.Errorf("a viewer with a key: %d, want 403", status)
	}
	_, _, one := b.do(c, "POST", "/api/v1/logins", "{}", "Idempotency-Key", "l")
	if _, _, two := b.do(c, "POST", "/api/v1/logins", "{}", "Idempotency-Key", "l"); one == two {
		t.Error("a one-time link was kept to be answered again")
	}
	b.h.Verifier().RevokeLeaf(b.h.Staff("admin").ID.Leaf)
}

// A slow backend's deployments wait to be let go.
type slow struct {
	control.Backend
	begun, goOn chan struct{}
	once        sync.Once
}

func (s *slow) Deploy(ctx context.Context, by flow.Identity, d control.Deployment) (*control.App, error) {
	s.once.Do(func() { close(s.begun) })
	select {
	case <-s.goOn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return s.Backend.Deploy(ctx, by, d)
}

// Who goes away while it is under way, and asks again, gets what came of it; and it
// happened once.
func TestIdempotencyKeyOutlivesItsCaller(t *testing.T) {
	s := &slow{begun: make(chan struct{}), goOn: make(chan struct{})}
	b := newBench(t, func(c *control.Config) { s.Backend, c.Backend = c.Backend, s })
	night := `{"name":"night","script":"x"}`
	gone, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		r, err := http.NewRequestWithContext(gone, "POST", b.url+"/api/v1/apps", strings.NewReader(night))
		if err == nil {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", "a")
			_, err = b.browser(b.h.Staff("admin")).Do(r)
		}
		left <- err
	}()
	<-s.begun
	leave()
	if err := <-left; err == nil {
		t.Fatal("it was answered before it was done")
	}
	again := make(chan int, 1)
	go func() {
		status, _, _ := b.do(b.browser(b.h.Staff("admin")), "POST", "/api/v1/apps", night, "Idempotency-Key", "a")
		again <- status
	}()
	close(s.goOn)
	if status := <-again; status != 201 {
		t.Errorf("asked again: %d, want 201", status)
	}
	if did := b.ward.Did(); len(did) != 1 {
		t.Errorf("the ward was told %q, want one deployment", did)
	}
}

// Every answer that is none is problem+json, and says by what methods an address
// is answered.
func TestNothingThere(t *testing.T) {
	b := newBench(t, func(c *control.Config) { c.Page = nil })
	c := b.browser(b.h.Staff("admin"))
	for _, tt := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"PUT", "/api/v1/apps/ward", 405, "GET, DELETE"},
		{"PATCH", "/api/v1/status", 405, "GET"},
		{"GET", "/api/v1/gossip/rotate", 405, "POST"},
		{"POST", "/api/v1/nodes/bedside/drain", 405, "GET, PUT, DELETE"},
		{"POST", "/api/v1/events", 405, "GET"},
		{"GET", "/api/v1/nothing", 404, ""},
		{"DELETE", "/api/v2/apps", 404, ""},
		{"GET", "/", 404, ""},
		{"GET", "/index.html", 404, ""},
	} {
		status, head, body := b.do(c, tt.method, tt.path, "")
		if status != tt.status || head.Get("Allow") != tt.allow || head.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, `"hint"`) {
			t.Errorf("%s %s: %d %v %s, want %d and Allow %q", tt.method, tt.path, status, head, body, tt.status, tt.allow)
		}
	}
}
