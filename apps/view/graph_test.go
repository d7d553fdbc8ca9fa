package view_test

import (
	"net/http"
	"os/exec"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// Somebody finds their way in a graph of 243 actors, by pointer and by keyboard,
// and sees an actor move.
func TestGraph(t *testing.T) {
	needBrowser(t)
	h := pkitest.New(t)
	ward := newWard()
	s := serve(t, h, ward)
	s.Mount("POST /misbehave", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !misbehave(ward, r.FormValue("how"), r.FormValue("what"), r.FormValue("why")) {
			http.Error(w, "no such misbehaviour", http.StatusBadRequest)
		}
	}), flow.RoleStaff)
	dir := t.TempDir()
	if err := pki.SaveSigner(dir, h.Staff("admin")); err != nil {
		t.Fatal(err)
	}
	big := serveEvery(t, h, controltest.NewBig(newWardClock()), 0)
	drive(t, "e2e/graph.mjs", s, map[string]string{"cert": dir, "big": big.Login("").Link})
}

// newWardClock stands half an hour after the ward was started, and goes on.
func newWardClock() func() time.Time {
	start := time.Now()
	return func() time.Time { return controltest.Begin.Add(30*time.Minute + time.Since(start)) }
}

// Whatever runs, each actor is on one card and each link on one line, with the
// right sums; and the arrow keys lead to all of it.
func TestDrawn(t *testing.T) {
	needNode(t, "vite")
	if out, err := exec.CommandContext(t.Context(), "node", "e2e/drawn.mjs").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
