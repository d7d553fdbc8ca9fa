package node

import (
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
	pressures map[flow.ActorID]pressure
	dry       map[flow.LinkID]time.Time // closing links whose sender holds nothing on them, and when that was known

	// What a view concerns, found once.
	seen     uint64 // its index
	strained map[flow.ActorID][]flow.ActorID
	ending   map[flow.ActorID]bool
	scaled   map[flow.ActorID]expand.Scaling
	closing  []flow.Link
}

// A pressure is that of a scaling.
type pressure struct {
	*expand.Pressure
	scaling expand.Scaling
}

// A scale is what a scaler sees.
type scale struct {
	wanted  map[flow.ActorID]int  // replicas, by actor of the script
	empty   map[flow.ActorID]bool // actors that are ending and hold nothing
	drained map[flow.LinkID]bool  // closing links whose sender holds nothing on them
}

// look reads the reports of all nodes, but only while something depends on them.
func (s *scaler) look(view *register.View) scale {
	wanted, empty, drained := s.n.wanted(view), map[flow.ActorID]bool{}, map[flow.LinkID]bool{}
	if view.Index != s.seen {
		s.strained, s.ending, s.scaled = concerned(view)
		s.closing, s.seen = closingLinks(view), view.Index
	}
	strained, ending, closing := s.strained, s.ending, s.closing
	if len(strained) == 0 && len(ending) == 0 && len(closing) == 0 {
		s.pressures, s.dry = nil, nil
		return scale{wanted, empty, drained}
	}
	reports := s.n.gatherer.glance()
	dry := map[flow.LinkID]time.Time{}
	for _, l := range closing {
		if !emptied(view, reports, l) {
			continue
		}
		id := l.ID()
		drained[id], dry[id] = true, s.dry[id]
		if dry[id].IsZero() {
			dry[id] = time.Now()
		}
	}
	s.dry = dry
	for id := range ending {
		if s.drained(view, reports, id) {
			empty[id] = true
		}
	}
	kept := map[flow.ActorID]pressure{}
	for id, replicas := range strained {
		p := s.pressures[id]
		if scaling := s.scaled[id]; p.Pressure == nil || p.scaling != scaling {
			p = pressure{expand.NewPressure(scaling, len(replicas)), scaling}
		}
		kept[id] = p
		wanted[id] = p.Look(time.Now(), s.crowded(reports, view, replicas))
	}
	s.pressures = kept
	return scale{wanted, empty, drained}
}

// drained reports whether an ending actor holds nothing, and nothing is on its
// way to it. Each sender, as it runs now, gives it nothing new and holds nothing
// for it, and that stays so; what it says of itself counts only if it was asked
// after that was known.
func (s *scaler) drained(view *register.View, reports map[flow.NodeID]*report, id flow.ActorID) bool {
	place := view.Placements[id]
	a := statOf(reports[place.Node], id)
	_, res, ok := s.n.find(view, id)
	if !ok || a == nil || !a.Empty || a.Epoch != place.Epoch {
		return false
	}
	for _, l := range res.in {
		if since, dry := s.dry[l.ID()]; !dry || !reports[place.Node].asked.After(since) {
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
func concerned(view *register.View) (strained map[flow.ActorID][]flow.ActorID, ending map[flow.ActorID]bool, scaled map[flow.ActorID]expand.Scaling) {
	strained, ending, scaled = map[flow.ActorID][]flow.ActorID{}, map[flow.ActorID]bool{}, map[flow.ActorID]expand.Scaling{}
	for _, app := range view.Apps {
		for _, node := range app.Source.Actors {
			if scaling, ok, err := expand.ScalingOf(node.Rule); ok && err == nil && scaling.Kind == expand.Performance {
				strained[node.ID], scaled[node.ID] = []flow.ActorID{}, scaling
			}
		}
		for _, node := range app.Graph.Actors {
			of := expand.Of(node)
			switch _, several := strained[of]; {
			case node.Replica != nil && node.Replica.Ending:
				ending[node.ID] = true
			case several:
				strained[of] = append(strained[of], node.ID)
			}
		}
	}
	return strained, ending, scaled
}

// crowd is how many waiting tokens count as a full queue where a queue has room
// for more: who waits behind them waits for long.
const crowd = 256

// crowded reports whether any in-queue of the actors is full.
func (s *scaler) crowded(reports map[flow.NodeID]*report, view *register.View, actors []flow.ActorID) bool {
	for _, id := range actors {
		_, res, ok := s.n.find(view, id)
		if !ok {
			continue
		}
		for _, l := range res.in {
			if in := end(reports[view.Placements[id].Node], l.ID(), false); in != nil && in.Held >= min(in.Window, crowd) {
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
