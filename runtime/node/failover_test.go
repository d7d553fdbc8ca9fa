package node_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// counted is a script that counts to n, past an actor in between, into the
// keeper, which any node can run: its shelf stands for a store that several
// nodes share.
func counted(n int, rules string) string {
	return fmt.Sprintf(`
count : std.CountTimer(sleep=0.002, steps=%d)
pass : std.Identity()
keep : t.Keeper()
count.integer > pass.token
pass.token > keep.in
%s`, n, rules)
}

// sharing is a cluster of three whose keepers share one shelf, with more types.
func sharing(t *testing.T, more ...flow.Type) (*cluster, *shelf) {
	t.Helper()
	kept := &shelf{}
	c := newCluster(t, "a", "b", "c")
	c.types = talking()
	c.types["t.Keeper"] = flow.Type{Spec: flow.Spec{Name: "t.Keeper", In: []flow.Port{{Name: "in"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &keeper{s: kept}, nil }}
	for _, typ := range more {
		c.types[typ.Spec.Name] = typ
	}
	c.startAll()
	return c, kept
}

// kept waits until at least n numbers are kept.
func (c *cluster) kept(from flow.NodeID, s *shelf, n int) {
	c.t.Helper()
	c.until(from, fmt.Sprintf("%d numbers are kept", n), func(*control.Snapshot) bool { return len(s.have()) >= n })
}

// whole fails unless the shelf has the numbers from 1 to n, each once, in order.
func whole(t *testing.T, s *shelf, n int) {
	t.Helper()
	want := make([]int64, n)
	for i := range want {
		want[i] = int64(i + 1)
	}
	if got := s.have(); !slices.Equal(got, want) {
		t.Fatalf("%d numbers are kept and not as they were counted: %v", len(got), got)
	}
}

func actorAt(s *control.Snapshot, id flow.ActorID) control.ActorState {
	for _, a := range s.Actors {
		if a.ID == id {
			return a
		}
	}
	return control.ActorState{}
}

// A node stops, and what it had goes on elsewhere where it was.
func TestActorsMoveFromANodeThatStops(t *testing.T) {
	t.Parallel()
	c, kept := sharing(t)
	c.deploy("a", "app", counted(1000, "apply pass : everywhere\nrule everywhere : all_nodes()\n"))
	c.kept("a", kept, 50)
	s := c.until("a", "all run", func(s *control.Snapshot) bool { return actorAt(s, "app:pass").State == control.Running })
	gone := actorAt(s, "app:pass").Node
	if err := c.nodes[gone].Close(); err != nil {
		t.Fatal(err)
	}
	other := c.names[0]
	if other == gone {
		other = c.names[1]
	}
	c.kept(other, kept, 1000)
	whole(t, kept, 1000)
	c.start(gone)
}

// An actor is sent round the cluster while tokens flow; nothing is lost or
// repeated, it says who sent it, and it may run anywhere again afterwards.
func TestMove(t *testing.T) {
	t.Parallel()
	c, kept := sharing(t)
	by := c.h.Staff("dr").ID
	c.deploy("a", "app", counted(1500, ""))
	for n, to := range []flow.NodeID{"b", "c", "a", "c", "b"} {
		c.kept("a", kept, 100*(n+1))
		for _, id := range []flow.ActorID{"app:pass", "app:count", "app:keep"} {
			if err := c.nodes["a"].Move(t.Context(), by, id, to); err != nil {
				t.Fatalf("move %s to %s: %v", id, to, err)
			}
		}
		c.until("b", "they are there", func(s *control.Snapshot) bool {
			return actorAt(s, "app:pass").Node == to && actorAt(s, "app:keep").Node == to && actorAt(s, "app:pass").State == control.Running
		})
	}
	s := c.until("a", "the pin shows", func(s *control.Snapshot) bool { return actorAt(s, "app:pass").Pinned != nil })
	if p := actorAt(s, "app:pass").Pinned; p.Node != "b" || p.By != by.URI {
		t.Errorf("the pin is %+v", p)
	}
	c.kept("a", kept, 1500)
	whole(t, kept, 1500)
	if err := c.nodes["b"].Move(t.Context(), by, "app:pass", ""); err != nil {
		t.Fatal(err)
	}
	c.until("c", "the pin is gone", func(s *control.Snapshot) bool { return actorAt(s, "app:pass").Pinned == nil })
	if err := c.nodes["b"].Move(t.Context(), by, "app:nobody", "a"); err == nil {
		t.Error("an actor that is not there was moved")
	}
	if err := c.nodes["b"].Move(t.Context(), by, "app:pass", "nowhere"); err == nil {
		t.Error("an actor was moved to a node that is not there")
	}
}

// All hosts are drained and restarted one after the other under load.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	c, kept := sharing(t)
	by := c.h.Staff("dr").ID
	c.deploy("a", "app", counted(2000, ""))
	for i, name := range c.names {
		c.kept("a", kept, 100*(i+1))
		other := c.names[(i+1)%3]
		if err := c.nodes[other].Drain(t.Context(), by, name, true); err != nil {
			t.Fatal(err)
		}
		c.until(other, "the node is empty", func(s *control.Snapshot) bool {
			for _, a := range s.Actors {
				if a.Node == name {
					return false
				}
			}
			return true
		})
		if err := c.nodes[name].Close(); err != nil {
			t.Fatal(err)
		}
		c.start(name)
		c.until(other, "it is back", func(s *control.Snapshot) bool {
			up := 0
			for _, n := range s.Nodes {
				if n.Up {
					up++
				}
			}
			return up == 3
		})
		if err := c.nodes[name].Drain(t.Context(), by, name, false); err != nil {
			t.Fatal(err)
		}
	}
	c.kept("a", kept, 2000)
	whole(t, kept, 2000)
}

// A node leaves for good: its vote goes with it, and so does its name.
func TestLeave(t *testing.T) {
	t.Parallel()
	c, kept := sharing(t)
	by := c.h.Staff("dr").ID
	c.deploy("a", "app", counted(600, ""))
	c.kept("a", kept, 50)
	if err := c.nodes["a"].Leave(t.Context(), by, "c"); err != nil {
		t.Fatal(err)
	}
	s := c.until("a", "c is gone from the list", func(s *control.Snapshot) bool { return len(s.Nodes) == 2 })
	if slices.Contains(s.Register.Voters, "c") {
		t.Errorf("c has left and still votes: %v", s.Register.Voters)
	}
	c.kept("a", kept, 600)
	whole(t, kept, 600)
	if err := c.nodes["a"].Leave(t.Context(), by, "c"); err == nil {
		t.Error("a node that has left leaves once more")
	}
}
