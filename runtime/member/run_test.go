package member

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A node that ends and is started anew before anybody misses it is up since then,
// whichever of its statement and its record comes first.
func TestANewRunIsUpSinceThen(t *testing.T) {
	ca := newAuthority(t)
	x := ca.signer(t, flow.RoleNode, "x")
	said := func(boot, seq uint64) *statement {
		return must[*statement](t)(state(x, statementBody{Info: flow.NodeInfo{ID: "x", Boot: boot, Door: "x:1"}, Seq: seq}))
	}
	b, begin := newBook("self", ca), time.Now()
	learn := func(boot, seq uint64) func(time.Time) error {
		return func(now time.Time) error { return b.learn(said(boot, seq), now) }
	}
	believe := func(boot, seq uint64) func(time.Time) error {
		return func(now time.Time) error {
			return b.believe("x", must[[]byte](t)(recordOf(x, said(boot, seq))), now)
		}
	}
	if err := learn(7, 1)(begin); err != nil {
		t.Fatal(err)
	}
	b.mark("x", true, begin)
	for i, step := range []struct {
		name  string
		do    func(time.Time) error
		since int // the step since which it is up; 0: the begin
	}{
		{"it says more", learn(7, 2), 0},
		{"a record of the next run", believe(8, 1), 2},
		{"the statement of that run", learn(8, 2), 2},
		{"a statement of the run after", learn(9, 1), 4},
		{"its record", believe(9, 2), 4},
	} {
		minute := func(n int) time.Time { return begin.Add(time.Duration(n) * time.Minute) }
		if err := step.do(minute(i + 1)); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got, want := b.all()[0].Since, minute(step.since); !got.Equal(want) {
			t.Errorf("%s: up since %s after the begin, want %s", step.name, got.Sub(begin), want.Sub(begin))
		}
	}
}
