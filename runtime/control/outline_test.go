package control_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Who has no right to refused readings sees that there are some and why, and not
// whose they are nor what was measured: in a listing, a snapshot and the stream.
func TestOutlineOfRefusals(t *testing.T) {
	b := newBench(t, func(c *control.Config) {
		c.May = func(who control.Caller, a control.Ask) error {
			if a.Do == "refusals" && who.ID.Name != "admin" {
				return fmt.Errorf("%w: as this test has it", control.ErrDenied)
			}
			return controltest.May(who, a)
		}
	})
	snap, err := b.ward.Snapshot(t.Context())
	if err != nil || len(snap.Refusals) == 0 {
		t.Fatalf("the ward has no refusals: %v", err)
	}
	r := snap.Refusals[0]
	for name, all := range map[string]bool{"admin": true, "nurse": false} {
		who := b.browser(b.h.Staff(name))
		for _, path := range []string{"/api/v1/refusals", "/api/v1/status", "/api/v1/events"} {
			body := b.firstOf(who, path)
			for what, secret := range map[string]string{"device": `"device":"` + r.Device, "clause": r.Clause} {
				if strings.Contains(body, secret) != all {
					t.Errorf("%s: %s sees the %s: %v, want %v", path, name, what, !all, all)
				}
			}
			if !strings.Contains(body, `"reason":"`+r.Reason+`"`) || strings.Contains(body, `"outline":true`) == all {
				t.Errorf("%s: %s does not see what he may: %.300s", path, name, body)
			}
		}
	}
}

// firstOf is the beginning of an answer: all of a document, the first snapshot of
// a stream.
func (b *bench) firstOf(who *http.Client, path string) string {
	b.Helper()
	resp, err := who.Get(b.url + path)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	var all strings.Builder
	buf := make([]byte, 64<<10)
	for {
		n, err := resp.Body.Read(buf)
		all.Write(buf[:n])
		if err != nil || strings.Contains(all.String(), "event: snapshot") && strings.HasSuffix(all.String(), "\n\n") {
			return all.String()
		}
	}
}

// A one-time link that is refused is on record.
func TestRefusedLinkIsOnRecord(t *testing.T) {
	events := make(chan flow.AuditEvent, 10)
	b := newBench(t, func(c *control.Config) { c.Audit = func(e flow.AuditEvent) { events <- e } })
	status, _, _ := b.do(b.browser(flow.Signer{}), "POST", "/api/v1/session", `{"token":"guessed"}`)
	if status != http.StatusUnauthorized {
		t.Fatalf("status %d", status)
	}
	select {
	case e := <-events:
		if e.Kind != flow.AuditRequest || !e.Refused() || e.From == "" || e.What != "POST /api/v1/session" || strings.Contains(e.Why, "guessed") {
			t.Errorf("event %+v", e)
		}
	case <-time.After(5 * time.Minute):
		t.Error("no audit event")
	}
}

// What somebody let in ends when he may let nobody in any more.
func TestSessionsEndWithTheRight(t *testing.T) {
	var may atomic.Bool
	b := newBench(t, func(c *control.Config) {
		c.May = func(who control.Caller, a control.Ask) error {
			if a.Do == "login" && !may.Load() {
				return fmt.Errorf("%w: not any more", control.ErrDenied)
			}
			return controltest.May(who, a)
		}
	})
	may.Store(true)
	_, _, body := b.do(b.browser(b.h.Staff("admin")), "POST", "/api/v1/logins", "{}")
	_, token, _ := strings.Cut(body, "#login=")
	token, _, _ = strings.Cut(token, `"`)
	viewer := b.browser(flow.Signer{})
	if status, _, body := b.do(viewer, "POST", "/api/v1/session", `{"token":"`+token+`"}`); status != http.StatusCreated {
		t.Fatalf("%d %s", status, body)
	}
	if status, _, _ := b.do(viewer, "GET", "/api/v1/nodes", ""); status != http.StatusOK {
		t.Fatalf("the viewer is not let in: %d", status)
	}
	may.Store(false)
	if status, _, _ := b.do(viewer, "GET", "/api/v1/nodes", ""); status != http.StatusUnauthorized {
		t.Errorf("the viewer is still let in: %d", status)
	}
}

// Only who brings news of revocations is heard though he may be revoked himself,
// and nobody who has a path end like that.
func TestFreshIsAsked(t *testing.T) {
	b := newBench(t, func(c *control.Config) {
		c.Fresh = func(flow.Identity) error { return errors.New("the list is too old") }
	})
	admin := b.browser(b.h.Staff("admin"))
	for _, path := range []string{"/api/v1/apps/x%2Frevocations", "/api/v1/apps/revocations", "/api/v1/nodes"} {
		if status, _, body := b.do(admin, "GET", path, ""); status != http.StatusForbidden || !strings.Contains(body, "too old") {
			t.Errorf("%s: %d %s, want it refused", path, status, body)
		}
	}
	if status, _, body := b.do(admin, "GET", "/api/v1/revocations", ""); strings.Contains(body, "too old") {
		t.Errorf("/revocations: %d %s, want it heard", status, body)
	}
}
