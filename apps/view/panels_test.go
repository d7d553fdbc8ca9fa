package view_test

import (
	"net/http"
	"os/exec"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What the panels make of events, spans, counts and times.
func TestPanelParts(t *testing.T) {
	needNode(t, "typescript")
	if out, err := exec.CommandContext(t.Context(), "node", "e2e/parts.mjs").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The panels of the dock: how the hosts have been, the chain, certificates,
// alarms, what happened, what was refused; each says so too when there is nothing.
func TestPanels(t *testing.T) {
	needBrowser(t)
	ward := newWard()
	s, dir := staffed(t, ward)
	s.Mount("POST /misbehave", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := flow.AlarmKind(r.FormValue("what"))
		switch how := r.FormValue("how"); {
		case how == "alarm":
			ward.Alarm(kind, false)
		case how == "mend":
			ward.Alarm(kind, true)
		case how == "unready":
			ward.Unready(r.FormValue("what") != "")
		case !misbehave(ward, how, r.FormValue("what"), r.FormValue("why")):
			http.Error(w, "no such misbehaviour", http.StatusBadRequest)
		}
	}), flow.RoleStaff)
	drive(t, "e2e/panels.mjs", s, map[string]string{"cert": dir, "link": s.Login("").Link})
}
