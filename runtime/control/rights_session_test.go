package control_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/control/controltest"
)

// A caller is told what it may do, to the cluster and to one application; and a
// node has no key to sign with.
func TestSessionSaysWhatMayBeDone(t *testing.T) {
	b := newBench(t, func(c *control.Config) {
		c.May = func(who control.Caller, a control.Ask) error {
			if a.Do == "stop" && a.App != "ward" || a.Do == "drain" && a.Node != "bedside" {
				return control.ErrDenied
			}
			return controltest.May(who, a)
		}
	})
	staff := b.client(b.h.Staff("admin"), b.h.Verifier())
	s, err := staff.Session(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Role != "staff" || s.ID.Name != "admin" || s.Signs || s.APIVersion != control.APIVersion {
		t.Errorf("session %+v, want the admin's, who signs nothing here", s)
	}
	if !slices.IsSorted(s.May) || !slices.Contains(s.May, "deploy") || !slices.Contains(s.May, "move") || slices.Contains(s.May, "stop") || slices.Contains(s.May, "drain") {
		t.Errorf("staff may %q, want deploy and move, not stop or drain", s.May)
	}
	for query, want := range map[string]string{"?app=ward": `"stop"`, "?node=bedside": `"drain"`} {
		if _, _, body := b.do(b.browser(b.h.Staff("admin")), "GET", "/api/v1/session"+query, ""); !strings.Contains(body, want) {
			t.Errorf("session%s is %s, want %s in it", query, body, want)
		}
	}
	status, _, body := b.do(b.viewer(), "GET", "/api/v1/session", "")
	if status != http.StatusOK || !strings.Contains(body, `"may":["see"]`) {
		t.Errorf("a viewer's session: %d %s, want may see and nothing else", status, body)
	}
	if status, _, _ := b.do(b.viewer(), "GET", "/api/v1/session?apps=ward", ""); status != http.StatusBadRequest {
		t.Errorf("a misspelt question: %d, want 400", status)
	}
	if _, err := b.client(b.h.Rogue().Staff("admin"), b.h.Verifier()).Session(t.Context()); !errors.Is(err, control.ErrDenied) {
		t.Errorf("a stranger's session: %v, want ErrDenied", err)
	}
}
