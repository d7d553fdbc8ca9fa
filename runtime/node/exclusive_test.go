package node_test

import (
	"sync/atomic"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A pump acts on the world. Its instances know each other, as no two real ones
// do, and so can tell when there are two.
type pump struct{ running, most, starts *atomic.Int32 }

func newPump() pump { return pump{new(atomic.Int32), new(atomic.Int32), new(atomic.Int32)} }

func (p pump) typ() flow.Type {
	return flow.Type{Spec: flow.Spec{Name: "t.Pump", In: []flow.Port{{Name: "in"}}, Exclusive: true},
		New: func(map[string]flow.Value) (flow.Actor, error) { return p, nil }}
}

func (p pump) Start(flow.Env) error {
	p.starts.Add(1)
	n := p.running.Add(1)
	for {
		m := p.most.Load()
		if n <= m || p.most.CompareAndSwap(m, n) {
			return nil
		}
	}
}

func (p pump) Stop() { p.running.Add(-1) }

func (p pump) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(*flow.Firing) error { return nil }}}
}

// An exclusive actor is moved, and its node stops: at no time are there two.
func TestExclusiveActorsNeverActTwice(t *testing.T) {
	p := newPump()
	c, _ := sharing(t, p.typ())
	c.deploy("a", "app", `
count : std.CountTimer(sleep=0.005, steps=100000)
pump : t.Pump()
count.integer > pump.in
`)
	at := func(node flow.NodeID) func(*control.Snapshot) bool {
		return func(s *control.Snapshot) bool {
			a := actorAt(s, "app:pump")
			return (node == "" || a.Node == node) && a.State == control.Running && a.Lease != nil && a.Firings > 0
		}
	}
	s := c.until("a", "the pump runs under a lease", at(""))
	was := actorAt(s, "app:pump").Node
	for _, to := range c.names {
		if to == was {
			continue
		}
		if err := c.nodes["a"].Move(t.Context(), c.h.Staff("dr").ID, "app:pump", to); err != nil {
			t.Fatal(err)
		}
		c.until("a", "the pump runs there", at(to))
		was = to
	}
	if err := c.nodes[was].Close(); err != nil {
		t.Fatal(err)
	}
	other := c.names[0]
	if other == was {
		other = c.names[1]
	}
	c.until(other, "the pump runs on another node", func(s *control.Snapshot) bool {
		return actorAt(s, "app:pump").Node != was && at("")(s)
	})
	if p.most.Load() != 1 || p.starts.Load() < 4 {
		t.Errorf("there were up to %d pumps at a time, of %d", p.most.Load(), p.starts.Load())
	}
	c.start(was)
}
