package spool

import (
	"maps"

	"github.com/wardflow/wardflow/runtime/flow"
)

// news is what of a step's tokens the whole checkpoint has not yet: steps may
// repeat the others.
func news(whole, step flow.Checkpoint) flow.Checkpoint {
	all := step.Out
	step.Out = nil
	for _, o := range all {
		if o.Token.Seq > whole.Made[o.Link] {
			step.Out = append(step.Out, o)
		}
	}
	return step
}

// merge puts a step on top of a whole checkpoint: tokens given since are added,
// those settled are left out. The outcome shares no maps with step.
func merge(whole, step flow.Checkpoint) flow.Checkpoint {
	given := news(whole, step).Out
	step.Taken, step.Made, step.Settled = maps.Clone(step.Taken), maps.Clone(step.Made), maps.Clone(step.Settled)
	step.Out = nil
	for _, list := range [][]flow.OutToken{whole.Out, given} {
		for _, o := range list {
			if _, lives := step.Made[o.Link]; lives && o.Token.Seq > step.Settled[o.Link] {
				step.Out = append(step.Out, o)
			}
		}
	}
	return step
}
