package node

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Of two checkpoints of an actor, one in the register and one on its node's
// disk, the counters tell which is newer; links that only one of them knows, as
// an update took them out or put them in, tell nothing.
func TestFurther(t *testing.T) {
	at := func(taken, made uint64) flow.Checkpoint {
		return flow.Checkpoint{Taken: map[flow.LinkID]uint64{"i #1": taken}, Made: map[flow.LinkID]uint64{"o #1": made}}
	}
	gone := at(5, 5)
	gone.Taken["old #1"] = 100
	for _, c := range []struct {
		name       string
		one, other flow.Checkpoint
		want       bool
	}{
		{"same", at(5, 5), at(5, 5), false},
		{"took more", at(6, 5), at(5, 5), true},
		{"gave more", at(5, 6), at(5, 5), true},
		{"behind", at(4, 4), at(5, 5), false},
		{"a link that the other has no more", gone, at(5, 5), false},
		{"nothing at all", flow.Checkpoint{}, at(5, 5), false},
	} {
		if got := further(c.one, c.other); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
