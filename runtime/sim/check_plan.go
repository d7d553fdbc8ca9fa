package sim

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
)

// planning is what the judge remembers of plans.
type planning struct{ plans, moves int }

// planned judges a plan: nothing is placed where it does not fit, nothing moves
// that could stay, and what is exclusive does not leave a node that may hold its
// lease still.
func (j *judge) planned(in placement.Input, out placement.Outcome) {
	j.plans++
	views := map[flow.NodeID]placement.NodeView{}
	for _, v := range in.Nodes {
		views[v.ID] = v
	}
	types := map[flow.ActorID]flow.Node{}
	for _, g := range in.Graphs {
		for _, a := range g.Actors {
			types[a.ID] = a
		}
	}
	for _, p := range out.Placements {
		spec, _ := specOf(types[p.Actor].Type)
		for _, need := range spec.Requires {
			if v := views[p.Node]; p.Node != "" && !slices.Contains(v.Capabilities, need) {
				j.w.breach("plans fit", "%s is placed on %s, which does not offer %s", p.Actor, p.Node, need)
			}
		}
		if p.Node == "" && len(p.Why) == 0 {
			j.w.breach("plans explain", "%s is placed nowhere, and nothing says why", p.Actor)
		}
	}
	for _, m := range out.Moves {
		j.moves++
		from, there := views[m.From]
		spec, _ := specOf(types[m.Actor].Type)
		switch {
		case m.From == "" || m.To == "" || !there:
		case spec.Exclusive && !from.Up && in.Leased(m.From):
			j.w.breach("not two at once", "%s is moved from %s to %s while %s may hold its lease", m.Actor, m.From, m.To, m.From)
		case from.Up && !from.Drain && in.Pins[m.Actor].Node == "" && slices.ContainsFunc(in.Old, func(p flow.Placement) bool { return p.Actor == m.Actor }):
			if placement.Fits(&in, types[m.Actor], &from) {
				j.w.breach("what may stay stays", "%s is moved from %s to %s, though %s is up and fits", m.Actor, m.From, m.To, m.From)
			}
		}
	}
}
