package view_test

import (
	"os/exec"
	"testing"

	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// One of the staff taps a link: tokens, a chart, a table, and of whom only when
// asked for.
func TestTap(t *testing.T) {
	needBrowser(t)
	h := pkitest.New(t)
	s := serve(t, h, newWard())
	dir := t.TempDir()
	if err := pki.SaveSigner(dir, h.Staff("admin")); err != nil {
		t.Fatal(err)
	}
	drive(t, "e2e/tap.mjs", s, map[string]string{"cert": dir})
}

// What the chart makes of tokens.
func TestSeries(t *testing.T) {
	needNode(t, "typescript")
	if out, err := exec.CommandContext(t.Context(), "node", "e2e/series.mjs").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
