package placement

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The predicates about other actors, by the names that they have in the graph:
//
//	near(actors=["ward:ecg"])    on the same node as each of them
//	apart(actors=["ward:ecg"])   on another node than each of them and of their
//	                             replicas, the actor itself excepted
//
// Both hold in both directions, whichever of the two actors states them. They
// must stand in the rule itself or in what "and" joins: what "not" or "or" of
// them would ask for is not a matter of one node.
const (
	near  = "near"
	apart = "apart"
)

// A company is what an actor's rule says of other actors.
type company struct {
	near, apart []flow.ActorID
	err         error // the rule can't be understood
}

func companyOf(r *flow.Rule) company {
	var c company
	if r != nil {
		c.err = c.read(r, true)
	}
	return c
}

func (c *company) read(r *flow.Rule, top bool) error {
	if r.Op != "match" {
		top = top && (r.Op == "and" || r.Op == "or" && len(r.Terms) == 1)
		for i := range r.Terms {
			if err := c.read(&r.Terms[i], top); err != nil {
				return err
			}
		}
		return nil
	}
	if r.Name != near && r.Name != apart {
		return nil
	}
	names, ok := r.Args["actors"].([]any)
	if !ok || len(names) == 0 || len(r.Args) != 1 {
		return fmt.Errorf(`line %d: %s wants actors=["ACTOR"]`, r.Line, r.Name)
	}
	if !top {
		return fmt.Errorf("line %d: %s must not stand beside ~ or |", r.Line, r.Name)
	}
	for _, v := range names {
		name, ok := v.(string)
		if !ok {
			return fmt.Errorf(`line %d: %s wants actors=["ACTOR"]`, r.Line, r.Name)
		}
		if r.Name == near {
			c.near = append(c.near, flow.ActorID(name))
		} else {
			c.apart = append(c.apart, flow.ActorID(name))
		}
	}
	return nil
}

// A unit is the actors that must be on one node: one actor, mostly.
type unit struct {
	tasks  []*task // by actor
	apart  []*unit // those that must be elsewhere
	fit    []*site // the nodes to choose from, by name, once looked is true
	looked bool
	at     flow.NodeID // decided; "": nowhere, or not yet
	fixed  string      // why it can't make room for another; "": it can
	why    string      // of the choice of the node
	torn   string      // why no node can have it: what its rules say excludes itself
}

// units joins the tasks that are near each other, and keeps apart what must be.
func (p *planner) unite() {
	byID := make(map[flow.ActorID]*task, len(p.tasks))
	for _, t := range p.tasks {
		byID[t.ID] = t
		of := t.ID
		if t.Replica != nil {
			of = t.Replica.Of
		}
		p.fellows[of] = append(p.fellows[of], t)
		t.unit = &unit{tasks: []*task{t}}
	}
	for _, t := range p.tasks {
		for _, id := range t.company.near {
			switch other := byID[id]; {
			case other == nil:
				t.lost = id
			case other.unit != t.unit:
				merge(t.unit, other.unit)
			}
		}
	}
	for _, t := range p.tasks {
		if t.unit.tasks[0] == t { // each once, by the first of its actors after sorting below
			p.units = append(p.units, t.unit)
		}
	}
	for _, t := range p.tasks {
		for _, id := range t.company.apart {
			for _, other := range p.fellows[id] {
				if other != t {
					separate(t, other)
				}
			}
			if other := byID[id]; other != nil && other != t && !slices.Contains(p.fellows[id], other) {
				separate(t, other)
			}
		}
	}
	for _, u := range p.units {
		slices.SortFunc(u.apart, func(a, b *unit) int { return cmp.Compare(a.tasks[0].ID, b.tasks[0].ID) })
		u.apart = slices.Compact(u.apart)
	}
}

// merge makes one unit of two.
func merge(a, b *unit) {
	a.tasks = append(a.tasks, b.tasks...)
	slices.SortFunc(a.tasks, func(x, y *task) int { return cmp.Compare(x.ID, y.ID) })
	for _, t := range b.tasks {
		t.unit = a
	}
}

func separate(t, other *task) {
	if t.unit == other.unit {
		t.unit.torn = fmt.Sprintf("%s must be on another node than %s and, by other rules, on the same", t.ID, other.ID)
		return
	}
	t.unit.apart = append(t.unit.apart, other.unit)
	other.unit.apart = append(other.unit.apart, t.unit)
}

// blocked is an actor on a node that a unit must be apart from, or "".
func (u *unit) blocked(n flow.NodeID) flow.ActorID {
	for _, o := range u.apart {
		if o.at == n {
			return o.tasks[0].ID
		}
	}
	return ""
}
