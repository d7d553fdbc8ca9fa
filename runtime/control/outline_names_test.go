package control_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
)

// A namer is a ward whose script and plan name a patient.
type namer struct{ control.Backend }

func (n namer) Snapshot(ctx context.Context) (*control.Snapshot, error) {
	s, err := n.Backend.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	v := *s
	v.Apps = []control.App{{Name: "ward", Patients: []string{"p-1", "p-17"}, Script: "b : Bed(patient=\"p-17\") # p-1 was here",
		Includes: map[string]string{"beds": "define WHO = \"p-17\""}}}
	return &v, nil
}

func (n namer) Plan(context.Context, control.Deployment) (*control.PlanResult, error) {
	return &control.PlanResult{App: "ward", Patients: []string{"p-17"}, Actors: []control.Planned{{ID: "ward:b", Changes: []string{"argument patient was p-17 and is x"}}}}, nil
}

// Who may look sees what a script does, and not whose ward it is; who may deploy it
// sees it as it is.
func TestScriptsNameNobodyToViewers(t *testing.T) {
	b := newBench(t, func(c *control.Config) {
		c.Backend = namer{c.Backend}
		c.May = func(who control.Caller, ask control.Ask) error {
			if who.ID.Name == "admin" || ask.Do == "see" || ask.Do == "check" {
				return nil
			}
			return control.ErrDenied
		}
	})
	staff, admin := b.browser(b.h.Staff("nurse")), b.browser(b.h.Staff("admin"))
	for who, c := range map[string]*http.Client{"a viewer": b.viewer(), "staff": staff, "an admin": admin} {
		said := []string{}
		code, _, body := b.do(c, "GET", "/api/v1/apps/ward", "")
		if code != http.StatusOK {
			t.Fatalf("%s: %d %s", who, code, body)
		}
		said = append(said, body)
		if who != "a viewer" {
			code, _, body = b.do(c, "POST", "/api/v1/apps?dry-run", `{"name":"ward","script":""}`)
			if code != http.StatusOK {
				t.Fatalf("%s: %d %s", who, code, body)
			}
			said = append(said, body)
		}
		for _, text := range said {
			if named := strings.Contains(text, "p-1"); named != (who == "an admin") {
				t.Errorf("%s is told %.300s", who, text)
			}
		}
		if who != "an admin" && !strings.Contains(said[0], `b : Bed(patient=\"…\") # … was here`) {
			t.Errorf("%s does not see the rest: %.300s", who, said[0])
		}
	}
}
