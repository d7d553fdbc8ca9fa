package ward_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// While the rules can't be known, readings wait in order; a change wakes the check.
func TestCheckWaitsForTheRules(t *testing.T) {
	w := newHouse(t)
	w.rules.unknown = true
	w.measure(w.therm, 360, 11)
	w.collector.Run()
	w.check.FeedFrom(w.collector.Env.Signer.ID, "in", w.collector.Take("out")...)
	if err := w.check.TryRun(); !errors.Is(err, flow.ErrLater) || w.check.Left("in") != 2 {
		t.Fatalf("without rules: %v, %d wait", err, w.check.Left("in"))
	}
	w.rules.unknown = false
	for _, f := range w.rules.changed {
		f()
	}
	if w.check.Env.Woken() != 1 {
		t.Errorf("a change of the rules wakes the check %d times", w.check.Env.Woken())
	}
	w.pump()
	if len(w.passed) != 1 || len(w.refused) != 1 {
		t.Errorf("passed %d, refused %d; want one each", len(w.passed), len(w.refused))
	}
}

// A stopped check no longer hears of the rules.
func TestCheckStops(t *testing.T) {
	w := newHouse(t)
	w.check.Restart()
	n := 0
	for _, f := range w.rules.changed {
		if f != nil {
			n++
		}
	}
	if n != 2 { // the check that runs, and the store
		t.Errorf("%d are told of changes, want 2", n)
	}
}

// Findings go into the window that covers their leaves, in the window's order,
// signed by the check's node.
func TestCheckSignsItsFindings(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 360, 11, 361)
	w.pump()
	w.check.Restart()
	w.later(time.Minute)
	win, err := proof.OpenWindow(w.passed[len(w.passed)-1].(flow.Sealed))
	if err != nil {
		t.Fatal(err)
	}
	if len(win.Judgments) != 1 || !win.Judgments[0].Chain[0].Equal(w.check.Env.Signer.Chain[0]) {
		t.Fatalf("judgments %+v", win.Judgments)
	}
	for i, want := range []flow.Reason{flow.Accepted, flow.TooLow, flow.Accepted} {
		if f, err := win.Verdict(i); err != nil || f.Reason != want || f.Group != thermo || want != flow.Accepted && f.Refused.Low != 1_100_000 {
			t.Errorf("leaf %d: %+v, %v; want %s", i, f, err, want)
		}
	}
	empty, err := w.check.Actor().(flow.Stateful).Save()
	if err != nil || len(empty) > 16 {
		t.Errorf("%d bytes of state are left after the window, %v", len(empty), err)
	}
}

// What is no reading and no window is refused; a window that can't be opened,
// or with leaves that never came, goes on for the store to see.
func TestCheckOfWhatIsOdd(t *testing.T) {
	w := newHouse(t)
	w.measure(w.therm, 360)
	w.collector.Run()
	w.collector.Take("out") // lost on a way that loses
	w.collector.Advance(time.Minute)
	window := w.collector.Take("out")[0]
	torn := flow.Sealed{Kind: "window", Bytes: []byte{7}}
	bad := map[string]any{"patient": patient, "reading": flow.Sealed{Kind: "reading", Bytes: []byte{7}}}
	w.check.Feed("in", int64(7), map[string]any{"patient": "", "reading": "x"}, bad, torn, window)
	w.check.Run()
	refused, passed := w.check.Take("refused"), w.check.Take("passed")
	if len(refused) != 3 || len(passed) != 2 || passed[0].(flow.Sealed).Bytes[0] != 7 {
		t.Fatalf("refused %v, passed %d", refused, len(passed))
	}
	if s := refused[0].(map[string]any)["clause"].(string); s != "a number is neither a reading nor a window" {
		t.Errorf("refused because %s", s)
	}
	if s := refused[2].(map[string]any)["clause"].(string); !strings.HasPrefix(s, "open reading: ") {
		t.Errorf("refused because %s", s)
	}
	win, err := proof.OpenWindow(passed[1].(flow.Sealed))
	if err != nil {
		t.Fatal(err)
	}
	if f, err := win.Verdict(0); err != nil || f.Reason != flow.MissingField {
		t.Errorf("a leaf that never came: %+v, %v", f, err)
	}
}

// The group is that of the certificate, whatever anybody says.
func TestCheckTakesTheGroupFromTheCertificate(t *testing.T) {
	w := newHouse(t)
	pump := w.h.Device(otherEPC, "h1/3/icu-3/pump")
	w.ids.know(pump)
	w.collector.FeedFrom(pump.ID, "reading", w.sealAs(pump, pump.ID.EPC, 1, 360))
	w.pump()
	if got := w.reasons(); len(got) != 1 || got[0] != "check: no rule: no rule for h1/3/icu-3/pump" {
		t.Errorf("refused %q", got)
	}
}
