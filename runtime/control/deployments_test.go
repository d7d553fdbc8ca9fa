package control_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What somebody who may deploy sends, and is not what may run, is on record with
// who sent it; mistakes in a script are not.
func TestRefusedDeploymentsAreOnRecord(t *testing.T) {
	var mu sync.Mutex
	var events []flow.AuditEvent
	b := newBench(t, func(c *control.Config) {
		c.Audit = func(e flow.AuditEvent) {
			mu.Lock()
			defer mu.Unlock()
			events = append(events, e)
		}
	})
	admin := b.browser(b.h.Staff("admin"))
	const good = `{"name":"night","script":"x"}`
	for _, c := range []struct {
		name, path, body string
		fails            error
		why              string // "": nothing is on record
	}{
		{"unsigned", "", good, control.ErrUnsigned, "not signed"},
		{"altered", "", good, fmt.Errorf("%w as it is: the script was altered", control.ErrUnsigned), "altered"},
		{"by somebody who may not", "", good, fmt.Errorf("%w: a nurse", control.ErrDenied), "a nurse"},
		{"against the policy", "", good, control.ErrPolicy, "policy"},
		{"planned against the policy", "?dry-run", good, control.ErrPolicy, "policy"},
		{"replayed", "", good, fmt.Errorf("%w: what was signed later is newer", control.ErrConflict), "newer"},
		{"junk", "", `{"name":`, nil, "body"},
		{"no name", "", `{"name":"a:b","script":"x"}`, nil, "a:b"},
		{"no node is fit", "", good, control.ErrUnplaceable, ""},
		{"no majority", "", good, control.ErrUnavailable, ""},
		{"good", "", good, nil, ""},
	} {
		b.ward.Fail(c.fails)
		status, _, body := b.do(admin, "POST", "/api/v1/apps"+c.path, c.body)
		mu.Lock()
		got := events
		events = nil
		mu.Unlock()
		if c.why == "" {
			if len(got) != 0 {
				t.Errorf("%s: %d, on record: %+v, want nothing", c.name, status, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Kind != flow.AuditDeployment || got[0].Who != adminURI || !got[0].Proven || !strings.Contains(got[0].Why, c.why) {
			t.Errorf("%s: %d %s: on record: %+v, want one refusal that names the caller and says %q", c.name, status, body, got, c.why)
		}
	}
}
