package store

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Step is what a store keeps of an actor's checkpoint after the step next:
// next, with the tokens of old that are still unsettled before its own. A lower
// epoch is [flow.ErrStale].
func Step(old, next flow.Checkpoint) (flow.Checkpoint, error) {
	if next.Epoch < old.Epoch {
		return old, fmt.Errorf("checkpoint of %s in epoch %d after %d: %w", next.Actor, next.Epoch, old.Epoch, flow.ErrStale)
	}
	type place struct {
		link flow.LinkID
		seq  uint64
	}
	given := map[place]bool{}
	for _, o := range next.Out {
		given[place{o.Link, o.Token.Seq}] = true
	}
	var out []flow.OutToken
	for _, o := range old.Out {
		if o.Token.Seq > next.Settled[o.Link] && !given[place{o.Link, o.Token.Seq}] {
			out = append(out, o)
		}
	}
	for _, o := range next.Out {
		if o.Token.Seq > next.Settled[o.Link] {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b flow.OutToken) int {
		return cmp.Or(cmp.Compare(a.Link, b.Link), cmp.Compare(a.Token.Seq, b.Token.Seq))
	})
	next.Out = out
	return next, nil
}
