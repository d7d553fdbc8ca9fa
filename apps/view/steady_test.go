package view_test

import (
	"os/exec"
	"testing"
)

// Whatever an update changes, what the graph keeps as it was reads as what it would
// draw anew.
func TestSteady(t *testing.T) {
	needNode(t, "vite")
	if out, err := exec.CommandContext(t.Context(), "node", "e2e/steady.mjs").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
