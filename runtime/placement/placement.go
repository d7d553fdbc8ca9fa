package placement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Plan decides where every actor of in.Graphs runs.
func Plan(in Input) Outcome {
	p := &planner{
		in: in, sites: map[flow.NodeID]*site{}, byID: map[flow.ActorID]*task{}, fellows: map[flow.ActorID][]*task{},
		old: map[flow.ActorID]flow.Placement{}, next: map[flow.ActorID][]flow.ActorID{},
		at: map[flow.ActorID]flow.Placement{}, stays: map[flow.ActorID]string{}, waits: map[flow.ActorID]flow.NodeID{},
	}
	p.gather()
	p.measure()
	p.unite()
	// First what stays, so that the rest finds the loads as they will be; and of
	// that what is bound to its node or was moved there, which makes no room.
	slices.SortStableFunc(p.units, func(a, b *unit) int { return cmp.Compare(p.claim(b), p.claim(a)) })
	for _, u := range p.units {
		if !p.stay(u) {
			p.fit(u)
			p.rest = append(p.rest, u)
		}
	}
	// Then those with least choice, so that the others can even out.
	slices.SortStableFunc(p.rest, func(a, b *unit) int {
		return cmp.Or(cmp.Compare(len(a.fit), len(b.fit)), cmp.Compare(a.tasks[0].ID, b.tasks[0].ID))
	})
	for _, u := range p.rest {
		p.place(u)
	}
	return p.outcome()
}

type planner struct {
	in      Input
	sites   map[flow.NodeID]*site
	order   []*site // by name
	tasks   []*task // by actor
	byID    map[flow.ActorID]*task
	fellows map[flow.ActorID][]*task // replicas, by what they are of; others by themselves
	units   []*unit
	rest    []*unit // to be placed
	old     map[flow.ActorID]flow.Placement
	next    map[flow.ActorID][]flow.ActorID // neighbours by links
	at      map[flow.ActorID]flow.Placement // decided
	stays   map[flow.ActorID]string
	waits   map[flow.ActorID]flow.NodeID // exclusive actors that a node may still run
}

// gather makes the tasks and the sites.
func (p *planner) gather() {
	for i := range p.in.Nodes {
		n := &p.in.Nodes[i]
		p.sites[n.ID] = &site{NodeView: n}
	}
	for _, n := range p.sites {
		p.order = append(p.order, n)
	}
	slices.SortFunc(p.order, func(a, b *site) int { return cmp.Compare(a.ID, b.ID) })
	for _, pl := range p.in.Old {
		p.old[pl.Actor] = pl
	}
	for _, g := range p.in.Graphs {
		for _, n := range g.Actors {
			if p.byID[n.ID] != nil {
				continue
			}
			t := newTask(&p.in, n, g.App)
			p.byID[n.ID] = t
			p.tasks = append(p.tasks, t)
		}
		for _, l := range g.Links {
			p.next[l.From.Actor] = append(p.next[l.From.Actor], l.To.Actor)
			p.next[l.To.Actor] = append(p.next[l.To.Actor], l.From.Actor)
		}
	}
	slices.SortFunc(p.tasks, func(a, b *task) int { return cmp.Compare(a.ID, b.ID) })
}

// claim is how strong a unit's claim to its node is.
func (p *planner) claim(u *unit) int {
	strongest := 0
	for _, t := range u.tasks {
		_, pinned := p.in.Pins[t.ID]
		switch {
		case p.old[t.ID].Node != "" && (t.Local || len(t.bound) > 0):
			return 2
		case pinned:
			strongest = 1
		}
	}
	return strongest
}

func ready(n *NodeView) bool { return n.Up && !n.Drain }

// fit are the nodes that a unit may come to, by name.
func (p *planner) fit(u *unit) []*site {
	if !u.looked {
		for _, n := range p.order {
			if ready(n.NodeView) && u.fits(n.NodeView) {
				u.fit = append(u.fit, n)
			}
		}
		u.looked = true
	}
	return u.fit
}

func (u *unit) fits(n *NodeView) bool {
	for _, t := range u.tasks {
		if !t.fits(n) {
			return false
		}
	}
	return u.torn == ""
}

// place finds the best node for a unit, or says why there is none.
func (p *planner) place(u *unit) {
	free := u.fit
	if len(u.apart) > 0 {
		free = slices.DeleteFunc(slices.Clone(u.fit), func(n *site) bool { return u.blocked(n.ID) != "" })
	}
	if len(free) > 0 {
		t := p.taste(u)
		best := slices.MinFunc(free, t.compare)
		p.decide(u, best, t.reason(best, free))
		return
	}
	if len(u.fit) > 0 && p.makeRoom(u) {
		return
	}
	for _, t := range u.tasks {
		p.at[t.ID] = flow.Placement{Actor: t.ID, Epoch: p.old[t.ID].Epoch, Why: p.refusals(t)}
	}
}

// decide puts a unit on a node that fits.
func (p *planner) decide(u *unit, n *site, why string) {
	p.settle(u, n, func(t *task) []string { return p.among(t, t.praise(n.NodeView), why) })
}

// acting is the node that may still run an exclusive actor, or "".
func (p *planner) acting(t *task) flow.NodeID {
	old := p.old[t.ID].Node
	switch {
	case !t.exclusive:
	case old != "" && p.in.Leased != nil && p.in.Leased(old):
		return old
	case old == "" && p.in.Acting != nil:
		return p.in.Acting(t.ID)
	}
	return ""
}

// settle puts a unit on a node. Exclusive actors that another may still run wait
// until it has stopped them.
func (p *planner) settle(u *unit, n *site, why func(*task) []string) {
	u.at = n.ID
	n.load += len(u.tasks)
	for _, t := range u.tasks {
		old := p.old[t.ID]
		pl := flow.Placement{Actor: t.ID, Node: n.ID, Epoch: old.Epoch}
		if from := p.acting(t); from != "" && old.Node != n.ID {
			p.waits[t.ID] = from
			pl.Node = ""
			pl.Why = []string{fmt.Sprintf("waits until %s has stopped it: it acts on the world, as only one may", from)}
		} else {
			pl.Why = why(t)
		}
		p.at[t.ID] = pl
	}
}

// among adds to an actor's reasons which others had a say.
func (p *planner) among(t *task, why ...string) []string {
	var near, apart []string
	for _, o := range t.unit.tasks {
		if o != t {
			near = append(near, string(o.ID))
		}
	}
	for _, u := range t.unit.apart {
		for _, o := range u.tasks {
			apart = append(apart, string(o.ID))
		}
	}
	if len(near) > 0 {
		why = append(why, "on one node with "+few(near))
	}
	if len(apart) > 0 {
		why = append(why, "apart from "+few(apart))
	}
	return why
}

// few are some of many names.
func few(names []string) string {
	const most = 4
	slices.Sort(names)
	if names = slices.Compact(names); len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most-1], ", "), len(names)-most+1)
	}
	return strings.Join(names, ", ")
}

// refusals say of each node why it does not fit.
func (p *planner) refusals(t *task) []string {
	switch {
	case !t.known:
		return []string{fmt.Sprintf("unknown actor type %s: no node can run it", t.Type)}
	case t.unit.torn != "":
		return []string{t.unit.torn}
	case len(p.order) == 0:
		return []string{"no node is known"}
	}
	var all []string
	for _, n := range p.order {
		no := t.lacks(n.NodeView)
		if !ready(n.NodeView) {
			no = append([]string{state(&home{site: n, known: true})}, no...)
		}
		for _, o := range t.unit.tasks {
			switch {
			case o == t || o.fits(n.NodeView):
			case !o.known:
				no = append(no, fmt.Sprintf("%s, on one node with it: unknown actor type %s", o.ID, o.Type))
			default:
				no = append(no, fmt.Sprintf("%s, on one node with it: %s", o.ID, strings.Join(o.lacks(n.NodeView), "; ")))
			}
		}
		if id := t.unit.blocked(n.ID); id != "" {
			no = append(no, fmt.Sprintf("%s is there, which it must be apart from", id))
		}
		all = append(all, string(n.ID)+": "+strings.Join(no, "; "))
	}
	return all
}

// outcome compares what was decided with what was.
func (p *planner) outcome() Outcome {
	o := Outcome{Stays: p.stays}
	for _, t := range p.tasks {
		pl := p.at[t.ID]
		o.Placements = append(o.Placements, pl)
		if from := p.old[t.ID].Node; from != pl.Node {
			o.Moves = append(o.Moves, Move{t.ID, from, pl.Node})
		}
		if pin, ok := p.in.Pins[t.ID]; ok && pl.Node != pin.Node && p.waits[t.ID] == "" {
			if o.Unpinned == nil {
				o.Unpinned = map[flow.ActorID]string{}
			}
			o.Unpinned[t.ID] = p.unpinned(t, pin.Node)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.old)) {
		if _, ok := p.at[id]; !ok && p.old[id].Node != "" {
			o.Moves = append(o.Moves, Move{id, p.old[id].Node, ""})
		}
	}
	slices.SortFunc(o.Moves, func(a, b Move) int { return cmp.Compare(a.Actor, b.Actor) })
	return o
}

// unpinned says why an actor is not where a person moved it.
func (p *planner) unpinned(t *task, to flow.NodeID) string {
	n := p.sites[to]
	if n == nil {
		return fmt.Sprintf("there is no node %s", to)
	}
	var no []string
	if !ready(n.NodeView) {
		no = append(no, state(&home{site: n, known: true}))
	}
	for _, o := range t.unit.tasks {
		if !o.fits(n.NodeView) {
			no = append(no, t.unit.of(o)+strings.Join(o.lacks(n.NodeView), "; "))
		}
	}
	if id := t.unit.blocked(n.ID); id != "" {
		no = append(no, fmt.Sprintf("%s is there, which it must be apart from", id))
	}
	if h := p.homeOf(t.unit); len(no) == 0 && h != nil {
		if no = append(no, h.held); h.held == "" {
			no[0] = fmt.Sprintf("%s is bound to %s", h.binds(n.NodeView), h.ID)
		}
	}
	return fmt.Sprintf("%s: %s", to, strings.Join(no, "; "))
}
