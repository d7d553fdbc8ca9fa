package view_test

import (
	"os/exec"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control/controltest"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// Somebody finds their way in a graph of 243 actors, by pointer and by keyboard,
// and sees an actor move.
func TestGraph(t *testing.T) {
	needBrowser(t)
	ward := newWard()
	s, dir := staffed(t, ward)
	mayMisbehave(s, ward)
	big := serveEvery(t, pkitest.New(t), controltest.NewBig(newWardClock()), 0)
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
