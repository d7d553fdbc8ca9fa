package sim

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/lease"
	"github.com/wardflow/wardflow/runtime/placement"
	"github.com/wardflow/wardflow/runtime/register"
)

// This file is what the node does that leads the register: it hears renewals of
// leases, takes nodes for dead, and plans.

// terms are those of all leases here: as the usual ones, but shorter.
var terms = lease.Terms{TTL: 4 * time.Second, Margin: 800 * time.Millisecond}

// A leading is one time of leading the register.
type leading struct {
	term    uint64
	since   time.Time // by the node's clock
	grantor *lease.Grantor
	watch   *lease.Watch
	heard   map[flow.NodeID]time.Time
	done    map[flow.NodeID]uint64        // the view that a node has carried out
	away    map[flow.ActorID]uint64       // exclusive actors without a node, since which view
	seen    map[flow.NodeID]time.Duration // by gossip
	busy    bool
	reports map[flow.NodeID]report
	planned string // what the last plan was made of, when it changed nothing
}

// renew renews the lease of what is exclusive here, each second.
func (n *node) renew() {
	n.p.after(terms.TTL/4, n.renew)
	sent, done := n.h.clock(), n.done
	target := n.leaderOf(n.w.register)
	n.p.ask(target, terms.TTL, func(at *process, answer func(any)) {
		n.w.nodes[at.h.id].grant(n.h.id, done, func(ok bool) { answer(ok) })
	}, func(v any, ok bool) {
		granted, _ := v.(bool)
		switch {
		case ok && granted:
			n.hints[n.w.register] = target
			if !n.holder.Holds(n.h.clock()) {
				n.term++ // what ran under the lease before may run elsewhere by now
			}
			n.holder.Renewed(sent, n.h.clock())
			for _, id := range sortedKeys(n.cells) {
				n.w.judge.allowed(n.cells[id])
			}
			n.expire()
			n.look()
		default:
			n.forget(n.w.register)
		}
	})
}

// expire looks again when the lease ends, to stop in time what must stop.
func (n *node) expire() {
	until := n.holder.Until()
	n.p.after(max(0, until.Sub(n.h.clock())), func() {
		if n.holder.Until().Equal(until) {
			n.look()
		}
	})
}

// grant counts a renewal, once a majority has confirmed that this node leads.
func (n *node) grant(to flow.NodeID, done uint64, tell func(bool)) {
	s := n.w.register.seats[n.h.id]
	l := n.lead
	if s == nil || l == nil || l.term != s.mem.term {
		tell(false)
		return
	}
	s.prove(func(ok bool) {
		if ok = ok && n.lead == l; ok {
			now := n.h.clock()
			l.heard[to] = now
			l.grantor.Heard(to, now)
			l.done[to] = max(l.done[to], done)
		}
		tell(ok)
	})
}

// govern does what the leader does, four times a second.
func (n *node) govern() {
	s := n.w.register.seats[n.h.id]
	if s == nil || s.p != n.p || !s.leads || !s.ready {
		n.lead = nil
		return
	}
	if n.lead == nil || n.lead.term != s.mem.term {
		now := n.h.clock()
		n.lead = &leading{term: s.mem.term, since: now, grantor: lease.NewGrantor(terms, now), watch: lease.NewWatch(now),
			reports: map[flow.NodeID]report{}, done: map[flow.NodeID]uint64{}, away: map[flow.ActorID]uint64{},
			heard: map[flow.NodeID]time.Time{}, seen: map[flow.NodeID]time.Duration{}}
	}
	l := n.lead
	now := n.h.clock()
	var views []placement.NodeView
	for _, h := range n.w.hosts {
		l.watch.Note(h.id, n.signs(h))
		views = append(views, placement.NodeView{NodeInfo: h.info, Up: !l.watch.Dead(h.id, now),
			Drain: n.view.Settings["drain/"+string(h.id)] != nil})
	}
	n.gather()
	if !l.busy {
		n.plan(views, func(id flow.NodeID) bool { return l.grantor.Leased(id, now) })
	}
	term := s.mem.term
	n.p.after(250*time.Millisecond, func() {
		if n.lead == l && s.mem.term == term {
			n.govern()
		}
	})
}

// signs are what this leader knows of a node. Gossip is a model: it gives a node
// up that it has not seen for a while, and sometimes for no reason.
func (n *node) signs(h *host) lease.Signs {
	w, l := n.w, n.lead
	if _, ok := l.seen[h.id]; !ok {
		l.seen[h.id] = w.now
	}
	there := w.reachable(n.h.id, h.id) && w.reachable(h.id, n.h.id)
	s := lease.Signs{Heard: l.heard[h.id]}
	switch {
	case there && h.run != nil && !h.run.stopped && (w.mood.peace || !w.chance(400)):
		l.seen[h.id] = w.now
	case there && h.run == nil && w.now-l.seen[h.id] > 300*time.Millisecond:
		s.Refused = n.h.clock()
	}
	s.Gone = w.now-l.seen[h.id] > 1200*time.Millisecond || !w.mood.peace && w.chance(100)
	return s
}

// plan places every application, and puts what has changed.
func (n *node) plan(nodes []placement.NodeView, leased func(flow.NodeID) bool) {
	view := n.view
	made := fmt.Sprint(view.Index, len(n.drained()))
	for _, v := range nodes {
		made += fmt.Sprint(v.Up, v.Drain, leased(v.ID), n.lead.done[v.ID])
	}
	if made == n.lead.planned {
		return
	}
	grown := map[string]*flow.Graph{}
	in := placement.Input{Nodes: nodes, Failover: true, Leased: leased, Acting: n.acting(leased), Specs: specOf, Pins: map[flow.ActorID]placement.Pin{}}
	for _, name := range sortedKeys(view.Apps) {
		app := view.Apps[name]
		if grown[name] = n.grow(app.Source, &app, nodes, n.drained()); grown[name] == nil {
			return
		}
		in.Graphs = append(in.Graphs, *grown[name])
	}
	for _, id := range sortedKeys(view.Placements) {
		in.Old = append(in.Old, view.Placements[id])
	}
	for _, key := range sortedKeys(view.Settings) {
		if actor, ok := strings.CutPrefix(key, "pin/"); ok {
			in.Pins[flow.ActorID(actor)] = placement.Pin{Node: flow.NodeID(view.Settings[key])}
		}
	}
	out := placement.Plan(in)
	n.w.judge.planned(in, out)
	for _, name := range sortedKeys(view.Apps) {
		var next []flow.Placement
		for _, p := range out.Placements {
			if p.Actor.App() == name {
				next = append(next, p)
			}
		}
		same := slices.EqualFunc(next, view.Of(name), func(a, b flow.Placement) bool { return a.Actor == b.Actor && a.Node == b.Node })
		app := view.Apps[name]
		var command []byte
		switch {
		case !reflect.DeepEqual(app.Graph, *grown[name]):
			app.Graph = *grown[name]
			n.w.tell("leader %s: %s becomes %v", n.h.id, name, names(&app.Graph))
			command = must(register.PutAppPlanCommand(app, app.Version, next))
		case same:
			continue
		default:
			command = must(register.PutPlanCommand(name, app.Version, next))
		}
		for _, m := range out.Moves {
			n.w.tell("leader %s: %s moves from %q to %q", n.h.id, m.Actor, m.From, m.To)
		}
		n.put(command)
		return // the others when this one is seen
	}
	n.lead.planned = made
}

// acting is a node that may still run an exclusive actor that no node has by the
// plan: it holds a lease, and has not said that it carried out the plan that
// took the actor away, or one before which there was none.
func (n *node) acting(leased func(flow.NodeID) bool) func(flow.ActorID) flow.NodeID {
	for id := range n.lead.away {
		if p, ok := n.view.Placements[id]; ok && p.Node != "" {
			delete(n.lead.away, id)
		}
	}
	return func(id flow.ActorID) flow.NodeID {
		if p := n.view.Placements[id]; p.Node != "" {
			return p.Node
		}
		if n.lead.away[id] == 0 {
			n.lead.away[id] = n.view.Index
		}
		var one flow.NodeID
		for _, h := range n.w.hosts {
			if leased(h.id) && n.lead.done[h.id] < n.lead.away[id] {
				if one != "" {
					return "one of several" // placement goes to the one that is named
				}
				one = h.id
			}
		}
		return one
	}
}

// put has a command agreed by this leader, or not at all: another leader knows
// other leases. It waits until the outcome is seen.
func (n *node) put(command []byte) {
	l := n.lead
	l.busy = true
	n.w.register.seats[n.h.id].propose(command, nil, func(b []byte, ok bool) {
		if !ok {
			l.busy = false
			return
		}
		a := readAnswer(n.w, b)
		var wait func()
		wait = func() {
			if n.lead != l {
				return
			}
			if n.view.Index < a.Index {
				n.p.after(5*time.Millisecond, wait)
				return
			}
			l.busy = false
		}
		wait()
	})
}

// agreedOn follows entries of the register that a voter has carried out.
func (w *world) agreedOn(s *seat) {
	n := w.nodes[s.h.id]
	if n == nil || n.p != s.p {
		return
	}
	v := s.machine.(*agreed).View()
	news := v.Index > n.view.Index
	if news {
		n.see(v)
	}
	if !s.leads || !s.ready {
		return
	}
	if n.lead == nil || n.lead.term != s.mem.term {
		n.p.after(0, n.govern)
	}
	if w.now > time.Hour {
		w.judge.forget(v)
	}
	if news { // those that hold no log wait for an answer
		for _, h := range w.hosts {
			if !slices.Contains(s.voters, h.id) {
				n.p.say(h.id, func(at *process) { w.nodes[at.h.id].see(v) })
			}
		}
	}
}
