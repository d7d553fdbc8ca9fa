package node

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Whatever comes and goes, an event that is shown has the number that it had, no
// two have the same, and what comes new has a greater one than all before.
func TestNumbersOfEvents(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var n numbers
		var all []control.Event // oldest first
		had := map[told]uint64{}
		greatest := uint64(0)
		for step := range 400 {
			for range rng.IntN(8) {
				all = append(all, control.Event{Node: []flow.NodeID{"a", "b"}[rng.IntN(2)], Seq: uint64(len(all) + 1), At: time.Unix(int64(step), int64(len(all)))})
			}
			events := slices.Clone(all[max(0, len(all)-control.MaxEvents):])
			slices.Reverse(events)
			known := slices.Clone(events)
			n.give(events)
			before, seen := greatest, map[uint64]bool{}
			for i, e := range events {
				k := told{known[i].Node, known[i].At.UnixNano(), known[i].Seq}
				if was, ok := had[k]; ok && was != e.Seq || !ok && e.Seq <= before || seen[e.Seq] {
					t.Fatalf("seed %d, step %d: event %v has number %d, had %d (the greatest was %d)", seed, step, k, e.Seq, was, before)
				}
				had[k], seen[e.Seq], greatest = e.Seq, true, max(greatest, e.Seq)
			}
		}
		if len(n.of) > 9*control.MaxEvents {
			t.Errorf("seed %d: %d numbers kept", seed, len(n.of))
		}
	}
}
