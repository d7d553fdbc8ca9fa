package node_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// replicas are the actors that run for one of the script, and not only until
// they are empty.
func replicas(s *control.Snapshot, of flow.ActorID) []flow.ActorID {
	var ids []flow.ActorID
	for _, a := range s.Actors {
		if a.Replica != nil && a.Replica.Of == of && !a.Replica.Ending && a.State == control.Running {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// sorted fails unless the shelf has the numbers from 1 to n, each once.
func sorted(t *testing.T, s *shelf, n int) {
	t.Helper()
	got := s.have()
	slices.Sort(got)
	for i, v := range got {
		if v != int64(i+1) {
			t.Fatalf("of %d numbers the one at %d is %d", len(got), i, v)
		}
	}
	if len(got) != n {
		t.Fatalf("%d numbers are kept of %d", len(got), n)
	}
}

// Replicas come and go by hand while tokens flow, and none is lost or repeated.
func TestManualScaling(t *testing.T) {
	t.Parallel()
	c, kept := sharing(t)
	by := c.h.Staff("dr").ID
	c.deploy("a", "app", `
count : std.CountTimer(sleep=0.001, steps=6000)
pass : std.Identity()
keep : t.Keeper()
count.integer > pass.token
pass.token > keep.in
count.integer(routing="balanced")
keep.in(routing="collect-unordered")
rule many : manual_scaling()
apply pass : many
`)
	c.kept("a", kept, 50)
	for i, n := range []int{3, 1, 4, 2} {
		if err := c.nodes["b"].Scale(t.Context(), by, "app:pass", n); err != nil {
			t.Fatal(err)
		}
		c.until("c", fmt.Sprintf("%d replicas run", n), func(s *control.Snapshot) bool { return len(replicas(s, "app:pass")) == n })
		c.kept("a", kept, 400*(i+1))
	}
	c.kept("a", kept, 6000)
	sorted(t, kept, 6000)
	s := c.until("a", "those that were too many have gone", func(s *control.Snapshot) bool {
		return !slices.ContainsFunc(s.Actors, func(a control.ActorState) bool { return a.Replica != nil && a.Replica.Ending })
	})
	if a := actorAt(s, "app:pass"); a.Scaling != "manual" || a.Replicas != 2 {
		t.Errorf("the actor shows scaling %q and %d replicas", a.Scaling, a.Replicas)
	}
	if err := c.nodes["b"].Scale(t.Context(), by, "app:keep", 2); err == nil {
		t.Error("an actor was scaled whose rule does not say so")
	}
}

// One instance runs on every node that matches, as nodes come.
func TestDeviceScaling(t *testing.T) {
	t.Parallel()
	c := newCluster(t, "a", "b", "c")
	c.start("a")
	c.start("b")
	c.start("c")
	t.Cleanup(func() {
		for _, n := range c.nodes {
			if err := n.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	c.deploy("a", "app", `
count : std.CountTimer(sleep=0.01, steps=100000)
sink : test.Sink(quiet=true)
count.integer > sink.token
sink.token(routing="collect-unordered")
rule each : device_scaling()
apply count : each
`)
	c.until("a", "one runs on every node", func(s *control.Snapshot) bool {
		at := map[flow.NodeID]bool{}
		for _, a := range s.Actors {
			if a.Replica != nil && a.State == control.Running {
				at[a.Node] = true
			}
		}
		return len(at) == 3
	})
}

// slowly passes on a token now and then.
type slowly struct {
	env  flow.Env
	next time.Time
}

func (s *slowly) Start(env flow.Env) error { s.env = env; return nil }

func (s *slowly) Actions() []flow.Action {
	due := func() bool { return !s.env.Now().Before(s.next) }
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Guard: due, Fire: func(f *flow.Firing) error {
		f.Give(0, f.In[0].Value)
		s.next = f.Now.Add(10 * time.Millisecond)
		s.env.WakeAt(s.next)
		return nil
	}}}
}

// Where tokens pile up replicas come by themselves, up to the number that the
// rule allows.
func TestPerformanceScaling(t *testing.T) {
	t.Parallel()
	c, kept := sharing(t, flow.Type{Spec: flow.Spec{Name: "t.Slowly", In: []flow.Port{{Name: "in"}}, Out: []flow.Port{{Name: "out"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &slowly{}, nil }})
	c.deploy("a", "app", `
count : std.CountTimer(sleep=0.001, steps=100000)
pass : t.Slowly()
keep : t.Keeper()
count.integer > pass.in
pass.out > keep.in
count.integer(routing="balanced")
keep.in(routing="collect-unordered")
rule many : performance_scaling(min=1, max=3)
apply pass : many
`)
	c.until("b", "there are two of it", func(s *control.Snapshot) bool { return len(replicas(s, "app:pass")) >= 2 })
	c.kept("a", kept, 50)
}
