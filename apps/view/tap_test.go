package view_test

import (
	"os/exec"
	"testing"
)

// One of the staff taps a link: tokens, a chart, a table, and of whom only when
// asked for.
func TestTap(t *testing.T) {
	needBrowser(t)
	s, dir := staffed(t, newWard())
	drive(t, "e2e/tap.mjs", s, map[string]string{"cert": dir})
}

// What the chart makes of tokens.
func TestSeries(t *testing.T) {
	needNode(t, "typescript")
	if out, err := exec.CommandContext(t.Context(), "node", "e2e/series.mjs").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
