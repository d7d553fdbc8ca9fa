package placement

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A shuffle finds a node for a unit by moving others that must be apart from
// it: an augmenting path, where each that is moved may move others in turn.
// Where all of some actors must be apart from each other that finds a node
// whenever there is one. In other cases it may give up too early: the question
// is that of colouring a graph. A budget bounds it.
type shuffle struct {
	p      *planner
	was    map[*unit]*site // of those that have been moved, where they were
	busy   map[*unit]bool  // on the path
	budget int
}

// patience is how many units one shuffle may look at.
const patience = 500

// makeRoom places a unit for which every node that fits is blocked, if it can.
func (p *planner) makeRoom(u *unit) bool {
	s := &shuffle{p: p, was: map[*unit]*site{}, busy: map[*unit]bool{u: true}, budget: patience}
	if u.torn != "" || !s.seat(u) {
		return false
	}
	for moved, from := range s.was {
		why := "others made room"
		if moved != u && from != nil {
			why = "it made room for " + string(u.tasks[0].ID)
		}
		moved.why = why
	}
	changed := make([]*unit, 0, len(s.was))
	for moved := range s.was {
		changed = append(changed, moved)
	}
	for _, moved := range changed {
		n := p.sites[moved.at]
		s.stand(moved)
		p.decide(moved, n, moved.why)
	}
	return true
}

// seat gives u a node, or leaves everything as it is.
func (s *shuffle) seat(u *unit) bool {
	if s.budget--; s.budget < 0 {
		return false
	}
	nodes := slices.Clone(s.p.fit(u))
	slices.SortStableFunc(nodes, s.p.taste(u).compare)
	for _, n := range nodes {
		if u.blocked(n.ID) == "" {
			s.sit(u, n)
			return true
		}
	}
	for _, n := range nodes {
		if s.displace(u, n) {
			return true
		}
	}
	return false
}

// displace gives u a node whose units that u must be apart from find another.
func (s *shuffle) displace(u *unit, n *site) bool {
	rivals := u.rivals(n.ID)
	if slices.ContainsFunc(rivals, func(r *unit) bool { return r.fixed != "" || s.busy[r] }) {
		return false
	}
	before := map[*unit]flow.NodeID{}
	for m := range s.was {
		before[m] = m.at
	}
	for _, r := range rivals {
		before[r] = r.at
		s.busy[r] = true
		s.stand(r)
	}
	s.sit(u, n)
	ok := true
	for _, r := range rivals {
		ok = ok && s.seat(r)
	}
	for _, r := range rivals {
		delete(s.busy, r)
	}
	if ok {
		return true
	}
	for m, first := range s.was {
		s.stand(m)
		back, had := s.p.sites[before[m]], true
		if _, had = before[m]; !had {
			back = first
		}
		if back != nil {
			s.sit(m, back)
		}
		if !had {
			delete(s.was, m)
		}
	}
	return false
}

func (s *shuffle) sit(u *unit, n *site) {
	if _, noted := s.was[u]; !noted {
		s.was[u] = s.p.sites[u.at]
	}
	u.at = n.ID
	n.load += len(u.tasks)
}

func (s *shuffle) stand(u *unit) {
	if u.at == "" {
		return
	}
	n := s.p.sites[u.at]
	if _, noted := s.was[u]; !noted {
		s.was[u] = n
	}
	n.load -= len(u.tasks)
	u.at = ""
}

// rivals are the units on a node that u must be apart from.
func (u *unit) rivals(n flow.NodeID) []*unit {
	var all []*unit
	for _, o := range u.apart {
		if o.at == n {
			all = append(all, o)
		}
	}
	return all
}
