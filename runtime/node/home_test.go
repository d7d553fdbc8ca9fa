package node_test

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/node"
)

// A home is cut off from the hospital, and restarted meanwhile: it goes on
// counting, what it counts waits on its disk, and arrives when the hospital is
// back, in order and once.
func TestAHomeGoesOnAlone(t *testing.T) {
	t.Parallel()
	kept := &shelf{}
	c := newCluster(t, "hospital", "home")
	c.edit = func(cfg *node.Config) { cfg.Voters = []node.Voter{{Node: "hospital", Door: c.doors["hospital"]}} }
	c.types = talking()
	c.types["t.Keeper"] = flow.Type{Spec: flow.Spec{Name: "t.Keeper", In: []flow.Port{{Name: "in"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &keeper{s: kept}, nil }}
	c.startAll()
	c.deploy("hospital", "app", `
count : std.CountTimer(sleep=0.001, steps=4000)
pass : std.Identity()
keep : t.Keeper()
count.integer > pass.token
pass.token > keep.in
pass.token[out](queue="disk")
rule home : runtime_name(name="home")
rule hospital : runtime_name(name="hospital")
apply count, pass : home
apply keep : hospital
`)
	c.kept("hospital", kept, 50)
	if err := c.nodes["hospital"].Close(); err != nil {
		t.Fatal(err)
	}
	waiting := func(n uint64) func(*control.Snapshot) bool {
		return func(s *control.Snapshot) bool {
			for _, a := range s.Actors {
				if a.Spool != nil && a.Spool.Tokens >= n {
					return true
				}
			}
			return false
		}
	}
	c.until("home", "tokens wait on disk", waiting(100))
	if err := c.nodes["home"].Close(); err != nil {
		t.Fatal(err)
	}
	c.start("home")
	c.until("home", "more wait, though nobody but this node is there", waiting(200))
	c.start("hospital")
	c.kept("hospital", kept, 4000)
	whole(t, kept, 4000)
}
