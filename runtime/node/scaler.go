package node

import (
	"context"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// A scaler tells how many replicas are wanted and which of those that are
// ending hold nothing any more. Only the leader's counts.
type scaler struct {
	n         *Node
	pressures map[flow.ActorID]*expand.Pressure

	// What a view concerns, found once.
	seen     uint64 // its index
	strained map[flow.ActorID][]flow.ActorID
	ending   map[flow.ActorID]bool
	closing  []flow.Link
}

// A scale is what a scaler sees.
type scale struct {
	wanted  map[flow.ActorID]int  // replicas, by actor of the script
	empty   map[flow.ActorID]bool // actors that are ending and hold nothing
	drained map[flow.LinkID]bool  // closing links whose sender holds nothing on them
}

// look reads the reports of all nodes, but only while something depends on them.
func (s *scaler) look(ctx context.Context, view *register.View) scale {
	wanted, empty, drained := s.n.wanted(view), map[flow.ActorID]bool{}, map[flow.LinkID]bool{}
	if view.Index != s.seen {
		s.strained, s.ending = concerned(view)
		s.closing, s.seen = closingLinks(view), view.Index
	}
	strained, ending, closing := s.strained, s.ending, s.closing
	if len(strained) == 0 && len(ending) == 0 && len(closing) == 0 {
		s.pressures = nil
		return scale{wanted, empty, drained}
	}
	reports, _ := s.n.gatherer.look(ctx)
	for _, l := range closing {
		if emptied(view, reports, l) {
			drained[l.ID()] = true
		}
	}
	for id := range ending {
		if s.drained(view, reports, id) {
			empty[id] = true
		}
	}
	kept := map[flow.ActorID]*expand.Pressure{}
	for id, replicas := range strained {
		p := s.pressures[id]
		if p == nil {
			source := view.Apps[id.App()].Source
			node, _ := source.Actor(id)
			scaling, _, _ := expand.ScalingOf(node.Rule) // the compiler has checked it
			p = expand.NewPressure(scaling, len(replicas))
		}
		kept[id] = p
		wanted[id] = p.Look(time.Now(), crowded(reports, view, replicas))
	}
	s.pressures = kept
	return scale{wanted, empty, drained}
}

// drained reports whether an ending actor holds nothing, and nothing is on its
// way to it: each sender, as it runs now, gives it nothing new and holds nothing
// for it.
func (s *scaler) drained(view *register.View, reports map[flow.NodeID]*report, id flow.ActorID) bool {
	place := view.Placements[id]
	a := statOf(reports[place.Node], id)
	_, res, ok := s.n.find(view, id)
	if !ok || a == nil || !a.Empty || a.Epoch != place.Epoch {
		return false
	}
	for _, l := range res.in {
		if !emptied(view, reports, l) {
			return false
		}
	}
	return true
}

// emptied reports whether the sender of a link, as it runs now, gives it nothing
// new and holds nothing for it.
func emptied(view *register.View, reports map[flow.NodeID]*report, l flow.Link) bool {
	from := view.Placements[l.From.Actor]
	r := reports[from.Node]
	actor, sender := statOf(r, l.From.Actor), end(r, l.ID(), true)
	return actor != nil && actor.Epoch == from.Epoch && sender != nil && sender.Closing && sender.Held == 0
}

// closingLinks are those that get nothing new.
func closingLinks(view *register.View) []flow.Link {
	var all []flow.Link
	for _, app := range view.Apps {
		for _, l := range app.Graph.Links {
			if l.Closing {
				all = append(all, l)
			}
		}
	}
	return all
}

// concerned are the actors that are scaled by load, with the replicas of each
// that are not ending, and all that are ending.
func concerned(view *register.View) (strained map[flow.ActorID][]flow.ActorID, ending map[flow.ActorID]bool) {
	strained, ending = map[flow.ActorID][]flow.ActorID{}, map[flow.ActorID]bool{}
	for _, app := range view.Apps {
		for _, node := range app.Source.Actors {
			if scaling, ok, err := expand.ScalingOf(node.Rule); ok && err == nil && scaling.Kind == expand.Performance {
				strained[node.ID] = []flow.ActorID{}
			}
		}
		for _, node := range app.Graph.Actors {
			of := expand.Of(node)
			switch _, scaled := strained[of]; {
			case node.Replica != nil && node.Replica.Ending:
				ending[node.ID] = true
			case scaled:
				strained[of] = append(strained[of], node.ID)
			}
		}
	}
	return strained, ending
}

// crowd is how many waiting tokens count as a full queue where a queue has room
// for more: who waits behind them waits for long.
const crowd = 256

// crowded reports whether any in-queue of the actors is full.
func crowded(reports map[flow.NodeID]*report, view *register.View, actors []flow.ActorID) bool {
	for _, id := range actors {
		r := reports[view.Placements[id].Node]
		if r == nil {
			continue
		}
		for _, l := range r.Links {
			if link, err := flow.ParseLinkID(l.ID); err == nil && !l.Out && link.To.Actor == id && l.Held >= min(l.Window, crowd) {
				return true
			}
		}
	}
	return false
}

func statOf(r *report, id flow.ActorID) *engine.ActorStat {
	if r == nil {
		return nil
	}
	i, ok := r.actorAt[id]
	if !ok {
		return nil
	}
	return &r.Actors[i]
}
