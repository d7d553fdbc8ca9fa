package node

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/lease"
	"github.com/wardflow/wardflow/runtime/placement"
	"github.com/wardflow/wardflow/runtime/register"
)

// A leader does for the cluster what one node must do, while this node leads
// the register: it sees which nodes are dead, and places what waits, what they
// had, what a drained node has, and what is scaled.
type leader struct {
	n    *Node
	kick chan struct{} // holds one: look again now

	mu      sync.Mutex // guards what follows
	refused map[flow.NodeID]refusal

	reign *reign // nil while this node does not lead; of run alone
}

// A reign is what a leader has in mind. It ends with its lead: when this node
// leads again it begins anew, since others have decided meanwhile.
type reign struct {
	lead    register.Lead
	last    sight                   // planned for
	nowhere map[flow.ActorID]uint64 // exclusive actors that the plan has on no node, and the view in which that was seen first
	scaler  scaler
	sweep   sweep
}

// A refusal is that nobody listened where a run of a node was.
type refusal struct {
	boot uint64
	at   time.Time
}

func newLeader(n *Node) *leader {
	return &leader{n: n, kick: make(chan struct{}, 1), refused: map[flow.NodeID]refusal{}}
}

// again makes it look again soon.
func (l *leader) again() {
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

// lost says that nobody listens any more where a node was.
func (l *leader) lost(node flow.NodeID) {
	if !l.n.met.Load() {
		return // this node is still starting
	}
	m, ok := l.n.member(node)
	if !ok {
		return
	}
	l.mu.Lock()
	l.refused[node] = refusal{m.Boot, time.Now()}
	l.mu.Unlock()
	l.n.log.Info("node is not there any more: nobody listens at its door", "peer", node)
	l.again()
}

// lookEach is how often the leader looks though nothing has been heard: leases
// end and silences grow long by themselves.
const lookEach = 250 * time.Millisecond

// run plans while this node leads, until ctx ends.
func (l *leader) run(ctx context.Context) {
	tick := time.NewTicker(lookEach)
	defer tick.Stop()
	for {
		members, changed := l.n.members.Changed(), l.n.register.Changed()
		l.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-members:
		case <-changed:
		case <-l.kick:
		case <-tick.C:
		}
	}
}

// A sight is all that a plan depends on: when none of it has changed there is
// nothing to plan.
type sight struct {
	index  uint64
	nodes  []placement.NodeView
	leased map[flow.NodeID]bool
	scale
	acting map[flow.ActorID]flow.NodeID
}

// look plans anew, while this node leads, if anything has changed.
func (l *leader) look(ctx context.Context) {
	lead, leads := l.n.register.Lead()
	if !leads {
		l.reign = nil
		return
	}
	if l.reign == nil || !l.reign.lead.Since().Equal(lead.Since()) {
		l.reign = &reign{lead: lead, nowhere: map[flow.ActorID]uint64{}, scaler: scaler{n: l.n}}
	}
	ctx, cancel := context.WithTimeout(ctx, claimWithin)
	defer cancel()
	l.reign.last = l.consider(ctx, l.reign)
	if err := l.reign.sweep.clean(ctx, l.n.register, l.reign.lead, time.Now()); err != nil {
		l.n.log.Info("certificates that ended long ago could not be forgotten yet", "err", err)
	}
}

// consider plans for what is to be seen now and gives that; or nothing, when it
// must be done once more.
func (l *leader) consider(ctx context.Context, r *reign) sight {
	view := l.n.register.View()
	r.settle(view)
	now := sight{view.Index, l.n.nodeViews(view), map[flow.NodeID]bool{}, r.scaler.look(view), map[flow.ActorID]flow.NodeID{}}
	for _, v := range now.nodes {
		now.leased[v.ID] = !v.Up && l.leased(v.ID)
	}
	for id := range r.nowhere {
		now.acting[id] = l.acting(r, view, id)
	}
	if !l.expel(ctx, r.lead, view) || !l.advance(ctx, view) {
		return sight{}
	}
	if reflect.DeepEqual(now, r.last) {
		return r.last
	}
	if !l.plan(ctx, r, view, now) {
		return sight{}
	}
	return now
}

// plan brings every application to what it should be now; false when something
// could not be agreed.
func (l *leader) plan(ctx context.Context, r *reign, view *register.View, now sight) bool {
	graphs := map[string]flow.Graph{}
	for name, app := range view.Apps {
		g, err := l.n.grow(view, app, growth{now.nodes, now.scale})
		if err != nil {
			l.n.log.Error("application can't be expanded and stays as it is", "app", name, "err", err)
			g = app.Graph
		}
		graphs[name] = g
	}
	in := l.n.input(view, graphs, now.nodes)
	in.Acting = func(id flow.ActorID) flow.NodeID { return l.acting(r, view, id) }
	out := placement.Plan(in)
	ok := l.clear(ctx, r.lead, view)
	for id := range out.Unpinned {
		ok = r.lead.PutSetting(ctx, markPin+string(id), nil) == nil && ok
	}
	for _, name := range slices.Sorted(maps.Keys(graphs)) {
		ok = l.agree(ctx, r.lead, view, view.Apps[name], graphs[name], of(name, out)) && ok
	}
	return ok
}

// clear takes marks away whose node or actor is no more, and lets nodes go that
// leave.
func (l *leader) clear(ctx context.Context, lead register.Lead, view *register.View) bool {
	ok := true
	for _, kind := range []string{markPin, markScale} {
		for name := range marks(view, kind) {
			id := flow.ActorID(name)
			source := view.Apps[id.App()].Source
			_, runs := view.Placements[id]
			if _, declared := source.Actor(id); !runs && !declared {
				ok = lead.PutSetting(ctx, kind+name, nil) == nil && ok
			}
		}
	}
	for name, m := range marks(view, markStop) {
		switch _, runs := view.Apps[name]; {
		case !runs:
			ok = lead.PutSetting(ctx, markStop+name, nil) == nil && ok
		case time.Since(m.Asked) > 3*finishWithin: // who stopped it was interrupted
			ok = l.n.register.RemoveApp(ctx, name) == nil && ok
		}
	}
	for name := range marks(view, markLeave) {
		ok = l.dismiss(ctx, lead, view, flow.NodeID(name)) && ok
	}
	return ok
}

// dismiss takes a node that leaves out of the cluster when it has nothing any
// more, or is down.
func (l *leader) dismiss(ctx context.Context, lead register.Lead, view *register.View, node flow.NodeID) bool {
	m, known := l.n.member(node)
	m.Up = m.Up && !l.n.isRevoked(node)
	if known && m.Up && len(view.On(node)) > 0 {
		return true // the plan takes its actors away
	}
	if l.leased(node) && !(m.Up && len(view.On(node)) == 0) {
		return false // it may act on the world until its lease has ended
	}
	if slices.Contains(l.n.register.Status().Voters, node) {
		if err := l.n.register.RemoveVoter(ctx, node); err != nil {
			l.n.log.Info("node that leaves could not give up its vote yet", "peer", node, "err", err)
			return false
		}
	}
	by, _ := markOf(view, markLeave, string(node))
	left := mark{By: by.By, At: time.Now().UTC(), Boot: m.Boot}
	if by.By == byRevocation {
		left.Boot = by.Boot // a later run is another's that was enrolled anew
	}
	for _, err := range []error{
		lead.PutSetting(ctx, markGone+string(node), left.bytes()),
		lead.PutSetting(ctx, markDrain+string(node), nil),
		lead.PutSetting(ctx, markLeave+string(node), nil),
	} {
		if err != nil {
			return false
		}
	}
	l.n.log.Info("node has left", "peer", node)
	l.n.events.about(control.NodeLeft, node, fmt.Sprintf("node %s has left the cluster", node))
	return true
}

// agree puts what an application should be into the register, where it is not
// that already.
func (l *leader) agree(ctx context.Context, lead register.Lead, view *register.View, app register.App, g flow.Graph, plan []flow.Placement) bool {
	old := view.Of(app.Name)
	grown := !reflect.DeepEqual(g, app.Graph)
	if !grown && slices.EqualFunc(plan, old, samePlace) {
		return true
	}
	var err error
	if grown {
		next := app
		next.Graph = g
		_, err = lead.PutAppPlan(ctx, next, app.Version, plan)
	} else {
		err = lead.PutPlan(ctx, app.Name, app.Version, plan)
	}
	if err != nil {
		l.n.log.Info("a new plan could not be agreed and is tried again", "app", app.Name, "err", err)
		return false
	}
	l.tell(old, plan)
	return true
}

// samePlace compares what matters of two placements: the epoch is the register's.
func samePlace(a, b flow.Placement) bool {
	return a.Actor == b.Actor && a.Node == b.Node && slices.Equal(a.Why, b.Why)
}

// tell says which actors the plan moves.
func (l *leader) tell(old, plan []flow.Placement) {
	was := map[flow.ActorID]flow.NodeID{}
	for _, p := range old {
		was[p.Actor] = p.Node
	}
	for _, p := range plan {
		from := was[p.Actor]
		if from == "" || from == p.Node {
			continue
		}
		text := fmt.Sprintf("%s moves from %s to %s", p.Actor, from, p.Node)
		if p.Node == "" {
			text = fmt.Sprintf("%s has left %s and waits for a node that is fit", p.Actor, from)
		}
		l.n.log.Info("actor moves", "actor", p.Actor, "from", from, "to", p.Node)
		l.n.events.add(control.ActorMoved, p.Actor, "", text)
	}
}

// leased reports whether a node may still run exclusive actors.
func (l *leader) leased(node flow.NodeID) bool {
	if m, ok := l.n.members.Lookup(node); ok && marked(l.n.register.View(), markAway, node, m.Boot) {
		return false // it has given its lease back before it said so
	}
	since, leads := l.n.register.LeadingSince()
	if !leads {
		return true // it can't be known here
	}
	g := lease.NewGrantor(lease.Default, since)
	if at, ok := l.n.register.Heard(node); ok {
		g.Heard(node, at)
	}
	return g.Leased(node, time.Now())
}

// acting is a node that may still run an exclusive actor which the plan has on
// none: one that holds a lease, and has not said yet that it does what the plan
// says and does not run it. "" when there is none. An actor that never ran may
// have had a namesake in an application that was there before.
func (l *leader) acting(r *reign, view *register.View, id flow.ActorID) flow.NodeID {
	if p := view.Placements[id]; p.Node != "" {
		return p.Node
	}
	since, ok := r.nowhere[id]
	if !ok {
		since = view.Index
		r.nowhere[id] = since
	}
	reports := l.n.gatherer.glance()
	for _, m := range l.n.members.All() {
		if !l.leased(m.ID) {
			continue
		}
		rep := reports[m.ID]
		if rep == nil || rep.View < since || statOf(rep, id) != nil {
			return m.ID
		}
	}
	return ""
}

// actingFor is acting for plans that only the leader could carry out: who asks
// for them is told that such an actor waits.
func actingFor(view *register.View) func(flow.ActorID) flow.NodeID {
	return func(id flow.ActorID) flow.NodeID {
		if p := view.Placements[id]; p.Node != "" {
			return p.Node
		}
		return "another"
	}
}

// settle forgets when actors were on no node that are on one, or are no more.
func (r *reign) settle(view *register.View) {
	for id := range r.nowhere {
		if p, ok := view.Placements[id]; !ok || p.Node != "" {
			delete(r.nowhere, id)
		}
	}
}

// dead reports whether a node's actors may be given to others; this node leads.
func (l *leader) dead(view *register.View, node flow.NodeInfo, gone bool) bool {
	l.mu.Lock()
	refused := l.refused[node.ID]
	if refused.boot != node.Boot {
		refused = refusal{} // it has started again since
	}
	l.mu.Unlock()
	heard, _ := l.n.register.Heard(node.ID)
	since, leads := l.n.register.LeadingSince()
	if !leads {
		return false
	}
	return lease.Dead(lease.Signs{Gone: gone, Heard: heard, Refused: refused.at, Left: away(view, node.ID, node.Boot)},
		since, time.Now())
}

// nodeViews are the nodes of the cluster as placement sees them from here.
func (n *Node) nodeViews(view *register.View) []placement.NodeView {
	var nodes []placement.NodeView
	leading := n.register.Leading()
	for _, m := range n.members.All() {
		if gone(view, m.ID, m.Boot) {
			continue
		}
		_, drain := markOf(view, markDrain, string(m.ID))
		_, leaves := markOf(view, markLeave, string(m.ID))
		v := placement.NodeView{NodeInfo: m.NodeInfo, Drain: drain || leaves}
		if leading {
			v.Up = !n.leader.dead(view, m.NodeInfo, !m.Up)
		} else {
			v.Up = m.Up && !away(view, m.ID, m.Boot)
		}
		v.Up = v.Up && !n.isRevoked(m.ID) // at once, whatever gossip says still
		nodes = append(nodes, v)
	}
	slices.SortFunc(nodes, func(a, b placement.NodeView) int { return cmp.Compare(a.ID, b.ID) })
	return nodes
}
