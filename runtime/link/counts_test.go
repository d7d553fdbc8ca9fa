package link_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// What was on its way when a connection was lost is sent anew, and counted; and
// the oldest token is the one that has waited longest to take effect.
func TestOutCountsWhatItSendsAnew(t *testing.T) {
	begin := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	out := link.NewOut("l", 8)
	if !out.Oldest().IsZero() {
		t.Fatalf("the oldest token of none is of %s", out.Oldest())
	}
	for n := range 5 {
		if _, err := out.Offer(flow.Token{Made: begin.Add(time.Duration(n) * time.Second)}); err != nil {
			t.Fatal(err)
		}
	}
	out.Release(5)
	for _, step := range []struct {
		taken  uint64 // by the receiver, when the link is opened
		resent uint64 // so far
	}{{0, 0}, {2, 3}, {5, 3}, {3, 5}} {
		if err := out.Opened(step.taken, 8); err != nil {
			t.Fatal(err)
		}
		var f link.Frame
		for out.Next(&f, 64) {
		}
		if got := out.Resent(); got != step.resent {
			t.Fatalf("the receiver has %d of 5: %d were sent anew, want %d", step.taken, got, step.resent)
		}
		out.Closed()
	}
	if _, err := out.Settled(2); err != nil {
		t.Fatal(err)
	}
	if want := begin.Add(2 * time.Second); !out.Oldest().Equal(want) {
		t.Fatalf("the oldest token is of %s, want %s", out.Oldest(), want)
	}
}
