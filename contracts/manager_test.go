package contracts_test

import (
	"math/big"
	"testing"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/flow"
)

func bigOf(v float64) *big.Int { return big.NewInt(int64(v)) }

// What a hospital does from day to day: a rule changes when two admins agree,
// the change has a version and an epoch, and readings are judged by it at once.
func TestChange(t *testing.T) {
	t.Parallel()
	h := newHospital(t)
	c := h.check(h.reading())
	if c.Reason != 0 || c.Rule != h.rule || c.Version != 1 || c.CurrentEpoch != 1 {
		t.Fatalf("check at the start: %+v, want acceptance by %v, version 1, epoch 1", c, h.rule)
	}
	strict := heartRate
	strict.Max = 70e6
	rule := h.limits(strict)
	set := build.Change{Op: opSet, Group: "h1", Base: 1, Mode: 1, Parts: h.parts(rule)}
	id, err := h.propose(h.anne, set)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.send("execute", h.manager, manager.PackExecute(id))
	refusedWith(t, "a single approval", err, "NeedsApprovals(")
	both := manager.PackMulticall([][]byte{h.approving(h.ben, id, h.now+day), manager.PackExecute(id)})
	logs := h.must("approve and execute", h.manager, both)
	e := event(t, logs, manager.UnpackEntrySetEvent)
	if e.Proposal != id || e.Version != 2 || e.Epoch != 2 || e.Mode != 1 || len(e.Parts) != 1 || e.Parts[0].Rule != rule {
		t.Errorf("event %+v", e)
	}
	if c := h.check(h.reading()); flow.Reason(c.Reason) != flow.TooHigh || c.Rule != rule || c.Version != 2 || c.CurrentEpoch != 2 {
		t.Errorf("check after the change: %+v", c)
	}
	if _, err := h.agree(build.Change{Op: opRetire, Group: "h1", Base: 2}); err != nil {
		t.Fatal(err)
	}
	if c := h.check(h.reading()); flow.Reason(c.Reason) != flow.Revoked || c.Rule != h.manager || c.Version != 3 {
		t.Errorf("check after it was retired: %+v", c)
	}
	want := build.State{Epoch: 3, Authority: 0, Entries: 1, Proposals: 2}
	if s := h.state(); s != want {
		t.Errorf("state %+v, want %+v", s, want)
	}
}
