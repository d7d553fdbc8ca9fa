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
		in: in, nodes: map[flow.NodeID]*NodeView{}, old: map[flow.ActorID]flow.Placement{},
		at: map[flow.ActorID]flow.Placement{}, load: map[flow.NodeID]int{}, next: map[flow.ActorID][]flow.ActorID{},
	}
	for i := range in.Nodes {
		n := &in.Nodes[i]
		p.nodes[n.ID] = n
	}
	for _, n := range p.nodes {
		p.order = append(p.order, n)
	}
	slices.SortFunc(p.order, func(a, b *NodeView) int { return cmp.Compare(a.ID, b.ID) })
	for _, pl := range in.Old {
		p.old[pl.Actor] = pl
	}
	p.gather()
	// First what stays, so that the rest finds the loads as they will be.
	var rest []*task
	for _, t := range p.tasks {
		if !p.keep(t) {
			rest = append(rest, t)
		}
	}
	// Then those with least choice, so that the others can even out.
	for _, t := range rest {
		t.fit = p.fitting(t)
	}
	slices.SortStableFunc(rest, func(a, b *task) int { return cmp.Compare(len(a.fit), len(b.fit)) })
	for _, t := range rest {
		p.place(t)
	}
	return p.outcome()
}

// A task is one actor to place.
type task struct {
	flow.Node
	known bool // its type is
	needs []string
	match matcher
	bound string      // a capability it needs that is bound to its node, or ""
	fit   []*NodeView // the nodes to choose from, by ID
}

type planner struct {
	in    Input
	nodes map[flow.NodeID]*NodeView
	order []*NodeView // by ID
	tasks []*task     // by actor
	old   map[flow.ActorID]flow.Placement
	at    map[flow.ActorID]flow.Placement // decided
	load  map[flow.NodeID]int             // actors decided to run there
	next  map[flow.ActorID][]flow.ActorID // neighbours by links
}

// gather makes the tasks.
func (p *planner) gather() {
	seen := map[flow.ActorID]bool{}
	for _, g := range p.in.Graphs {
		for _, n := range g.Actors {
			if seen[n.ID] {
				continue
			}
			seen[n.ID] = true
			p.tasks = append(p.tasks, newTask(&p.in, n, g.App))
		}
		for _, l := range g.Links {
			p.next[l.From.Actor] = append(p.next[l.From.Actor], l.To.Actor)
			p.next[l.To.Actor] = append(p.next[l.To.Actor], l.From.Actor)
		}
	}
	slices.SortFunc(p.tasks, func(a, b *task) int { return cmp.Compare(a.ID, b.ID) })
}

func newTask(in *Input, n flow.Node, app string) *task {
	t := &task{Node: n, match: matcher{here: in.Here[app]}}
	var spec flow.Spec
	if in.Specs != nil {
		spec, t.known = in.Specs(n.Type)
	}
	t.needs = Needs(n, spec)
	if i := slices.IndexFunc(t.needs, Bound); i >= 0 {
		t.bound = t.needs[i]
	}
	return t
}

// fits reports whether a node satisfies what an actor requires, up or not.
func (t *task) fits(n *NodeView) bool {
	if !t.known {
		return false
	}
	for _, c := range t.needs {
		if !n.Offers(c) {
			return false
		}
	}
	if t.Rule == nil {
		return true
	}
	ok, _, err := t.match.match(t.Rule, n)
	return ok && err == nil
}

// keep leaves an actor where it is, if it may stay there.
func (p *planner) keep(t *task) bool {
	old := p.old[t.ID]
	n := p.nodes[old.Node]
	if old.Node == "" || n == nil || !t.fits(n) {
		return false
	}
	var wait string // why it stays on a node that it should leave
	leave := !n.Up && p.in.Failover || n.Up && n.Drain
	switch {
	case leave && t.bound != "":
		wait = fmt.Sprintf("can't be taken elsewhere: %s is bound to its node", t.bound)
	case leave && len(p.fitting(t)) > 0:
		return false
	case leave:
		wait = "no other node fits"
	case !n.Up:
		wait = "waits for it to come back"
	}
	why := []string{t.praise(n)}
	switch {
	case wait != "":
		why = []string{fmt.Sprintf("%s: is %s; %s", n.ID, state(n), wait)}
	case len(old.Why) > 0 && old.Why[0] == why[0]:
		why = old.Why
	default:
		why = append(why, "it stays where it was")
	}
	p.decide(t, n, why)
	return true
}

func state(n *NodeView) string {
	switch {
	case !n.Up:
		return "down"
	case n.Drain:
		return "being drained"
	}
	return "up"
}

func ready(n *NodeView) bool { return n.Up && !n.Drain }

// fitting are the nodes that an actor may come to, by ID.
func (p *planner) fitting(t *task) []*NodeView {
	var fit []*NodeView
	for _, n := range p.order {
		if ready(n) && t.fits(n) {
			fit = append(fit, n)
		}
	}
	return fit
}

// place finds the best node for an actor, or says why there is none.
func (p *planner) place(t *task) {
	fit := t.fit
	if len(fit) == 0 {
		p.at[t.ID] = flow.Placement{Actor: t.ID, Epoch: p.old[t.ID].Epoch, Why: p.refusals(t)}
		return
	}
	near := map[flow.NodeID]int{}
	for _, id := range p.next[t.ID] {
		if pl, ok := p.at[id]; ok {
			near[pl.Node]++
		}
	}
	best := slices.MinFunc(fit, func(a, b *NodeView) int {
		return cmp.Or(cmp.Compare(p.load[a.ID], p.load[b.ID]), cmp.Compare(near[b.ID], near[a.ID]))
	})
	why := []string{t.praise(best)}
	equal := func(key func(*NodeView) int) int {
		n := 0
		for _, f := range fit {
			if key(f) == key(best) {
				n++
			}
		}
		return n
	}
	load := func(n *NodeView) int { return p.load[n.ID] }
	both := func(n *NodeView) int { return p.load[n.ID]<<32 | near[n.ID] }
	switch {
	case len(fit) == 1:
		why = append(why, "it is the only node that fits")
	case equal(load) == 1:
		why = append(why, fmt.Sprintf("it has the fewest actors of %d nodes that fit", len(fit)))
	case equal(both) == 1:
		why = append(why, fmt.Sprintf("of %d nodes that fit, those with fewest actors, it has the most neighbours", len(fit)))
	default:
		why = append(why, fmt.Sprintf("of %d nodes that fit equally, it is the first by name", len(fit)))
	}
	p.decide(t, best, why)
}

func (p *planner) decide(t *task, n *NodeView, why []string) {
	p.at[t.ID] = flow.Placement{Actor: t.ID, Node: n.ID, Epoch: p.old[t.ID].Epoch, Why: why}
	p.load[n.ID]++
}

// praise says why a node fits.
func (t *task) praise(n *NodeView) string {
	var parts []string
	if len(t.needs) > 0 {
		parts = append(parts, "offers "+strings.Join(t.needs, ", "))
	}
	if t.Rule != nil {
		m := t.match
		m.explain = true
		_, why, _ := m.match(t.Rule, n)
		parts = append(parts, "matches "+ruleName(t.Rule)+": "+why)
	}
	if len(parts) == 0 {
		parts = []string{"nothing is required"}
	}
	return string(n.ID) + ": " + strings.Join(parts, "; ")
}

func ruleName(r *flow.Rule) string {
	if r.Name != "" && r.Op != "match" {
		return "rule " + r.Name
	}
	return fmt.Sprintf("the rule of line %d", r.Line)
}

// refusals say of each node why it does not fit.
func (p *planner) refusals(t *task) []string {
	if !t.known {
		return []string{fmt.Sprintf("unknown actor type %s: no node can run it", t.Type)}
	}
	if len(p.order) == 0 {
		return []string{"no node is known"}
	}
	var all []string
	for _, n := range p.order {
		var no []string
		if !ready(n) {
			no = append(no, "is "+state(n))
		}
		for _, c := range t.needs {
			if !n.Offers(c) {
				no = append(no, "capability "+c+" missing")
			}
		}
		if t.Rule != nil {
			m := t.match
			m.explain = true
			ok, why, err := m.match(t.Rule, n)
			switch {
			case err != nil:
				no = append(no, ruleName(t.Rule)+" can't be evaluated: "+err.Error())
			case !ok:
				no = append(no, ruleName(t.Rule)+": "+why)
			}
		}
		all = append(all, string(n.ID)+": "+strings.Join(no, "; "))
	}
	return all
}

// outcome compares what was decided with what was.
func (p *planner) outcome() Outcome {
	var o Outcome
	for _, t := range p.tasks {
		pl := p.at[t.ID]
		o.Placements = append(o.Placements, pl)
		if from := p.old[t.ID].Node; from != pl.Node {
			o.Moves = append(o.Moves, Move{t.ID, from, pl.Node})
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
