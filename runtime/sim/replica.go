package sim

import (
	"strings"

	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
	"github.com/wardflow/wardflow/runtime/register"
)

// This file makes replicas and lets them end, as package node does.

// grow expands what a script compiles to; nil when that can't be.
func (n *node) grow(source flow.Graph, app *register.App, nodes []placement.NodeView, empty map[flow.ActorID]bool) *flow.Graph {
	st := expand.State{Nodes: nodes, Wanted: map[flow.ActorID]int{}, Empty: empty}
	for _, key := range sortedKeys(n.view.Settings) {
		if id, ok := strings.CutPrefix(key, "scale/"); ok {
			st.Wanted[flow.ActorID(id)] = int(n.view.Settings[key][0] - '0')
		}
	}
	if len(app.Graph.Actors) > 0 {
		st.Old = &app.Graph
	}
	g, err := expand.Run(&source, specOf, st)
	if err != nil {
		n.w.breach("what compiles can be expanded", "%v", err)
		return nil
	}
	return &g
}

// A report is what a node says of what runs there, as far as replicas go.
type report struct {
	empty   map[flow.ActorID]uint64 // those that hold nothing, by epoch
	closing map[flow.LinkID]int     // tokens held on out-links that are closing
}

func (n *node) report() report {
	r := report{map[flow.ActorID]uint64{}, map[flow.LinkID]int{}}
	for id, c := range n.cells {
		if c.empty() {
			r.empty[id] = c.epoch
		}
		for _, o := range c.out {
			if o.link.Closing && c.epoch >= n.view.Placements[id].Epoch {
				r.closing[o.link.ID()] = o.Held()
			}
		}
	}
	return r
}

// empty reports whether an ending replica holds nothing.
func (c *cell) empty() bool {
	if c.decl.Replica == nil || !c.decl.Replica.Ending || c.dirty || c.capsule.Flying() || c.capsule.Unsettled() > 0 {
		return false
	}
	return c.holding() == 0
}

// ending are the replicas that shall go when they hold nothing.
func endings(g *flow.Graph) []flow.Node {
	var all []flow.Node
	for _, a := range g.Actors {
		if a.Replica != nil && a.Replica.Ending {
			all = append(all, a)
		}
	}
	return all
}

// gather asks all nodes for their reports while a replica is ending.
func (n *node) gather() {
	some := false
	for _, app := range n.view.Apps {
		some = some || len(endings(&app.Graph)) > 0
	}
	l := n.lead
	if !some {
		clear(l.reports)
		return
	}
	for _, h := range n.w.hosts {
		n.p.ask(h.id, heartbeat, func(at *process, answer func(any)) {
			answer(n.w.nodes[at.h.id].report())
		}, func(v any, ok bool) {
			delete(l.reports, h.id)
			if ok {
				l.reports[h.id] = v.(report)
			}
		})
	}
}

// drained are the ending replicas that hold nothing, and on whose way nothing is.
func (n *node) drained() map[flow.ActorID]bool {
	all := map[flow.ActorID]bool{}
	for _, app := range n.view.Apps {
		for _, a := range endings(&app.Graph) {
			at := n.view.Placements[a.ID]
			epoch, empty := n.lead.reports[at.Node].empty[a.ID]
			in, _ := app.Graph.LinksOf(a.ID)
			gone := empty && epoch == at.Epoch
			for _, l := range in {
				held, closing := n.lead.reports[n.view.Placements[l.From.Actor].Node].closing[l.ID()]
				gone = gone && closing && held == 0
			}
			if gone {
				all[a.ID] = true
			}
		}
	}
	return all
}

// ofScript is the actor of the script that a replica stands for.
func ofScript(id flow.ActorID) flow.ActorID {
	of, _, _ := strings.Cut(string(id), "~")
	return flow.ActorID(of)
}

// inScript is the link of the script that a replica's stands for.
func inScript(l flow.Link) flow.LinkID {
	l.From.Actor, l.To.Actor = ofScript(l.From.Actor), ofScript(l.To.Actor)
	return l.ID()
}

func names(g *flow.Graph) []flow.ActorID {
	var all []flow.ActorID
	for _, a := range g.Actors {
		all = append(all, a.ID)
	}
	return all
}
