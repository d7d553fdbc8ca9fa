package node_test

import (
	"errors"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Two of three voters go. The third says so, refuses what it can't do, and shows
// what there is; when one is back everything is as it was.
func TestNoMajority(t *testing.T) {
	t.Parallel()
	p := newPump()
	c, kept := sharing(t, p.typ())
	by := c.h.Staff("dr").ID
	c.deploy("a", "app", counted(3000, "pump : t.Pump()\n1 > pump.in\nrule a : runtime_name(name=\"a\")\napply count, pass, keep, pump : a\n"))
	c.until("a", "the pump runs under a lease", func(s *control.Snapshot) bool {
		return actorAt(s, "app:pump").State == control.Running && actorAt(s, "app:pump").Lease != nil
	})
	c.kept("a", kept, 50)
	for _, name := range []flow.NodeID{"b", "c"} {
		if name == "c" {
			c.until("a", "it says that none more may fail", func(s *control.Snapshot) bool { return s.Register.MayLose == 0 })
		}
		if err := c.nodes[name].Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := c.until("a", "it says that there is no majority", func(s *control.Snapshot) bool {
		for _, e := range s.Events {
			if e.Kind == control.MajorityLost {
				return !s.Register.Quorum && !s.Register.LostSince.IsZero()
			}
		}
		return false
	})
	if len(s.Register.Members) != 3 || s.Register.Members[1].Up {
		t.Errorf("the voters are shown as %+v", s.Register.Members)
	}
	c.until("a", "what acts on the world has stopped", func(*control.Snapshot) bool { return p.running.Load() == 0 })
	for what, err := range map[string]error{
		"move":  c.nodes["a"].Move(t.Context(), by, "app:pass", "a"),
		"drain": c.nodes["a"].Drain(t.Context(), by, "a", true),
		"stop":  c.nodes["a"].Stop(t.Context(), by, "app"),
	} {
		if !errors.Is(err, control.ErrUnavailable) {
			t.Errorf("%s without a majority: %v", what, err)
		}
	}
	c.start("b")
	c.kept("a", kept, 3000)
	whole(t, kept, 3000)
	c.until("a", "the pump runs again", func(s *control.Snapshot) bool { return p.running.Load() == 1 })
	c.start("c")
}
