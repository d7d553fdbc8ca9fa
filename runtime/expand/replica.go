package expand

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
)

// replicate decides which replicas an actor has.
func (x *expansion) replicate(n flow.Node) error {
	s, scaled, err := ScalingOf(n.Rule)
	if err != nil {
		return err
	}
	set := x.standing(n)
	switch {
	case !scaled:
		set.single()
	case s.Kind == Device:
		set.spread(x.matching(x.team(n), s.Max), s.Max)
	default:
		want, given := x.st.Wanted[n.ID]
		if !given {
			want = len(set.active())
		}
		room := x.room(s.Alone)
		if s.Min > room {
			return fmt.Errorf("line %d: %s: min=%d, and there is room for %d replicas: ask for fewer, of this actor or of others", n.Rule.Line, s.Kind, s.Min, room)
		}
		want = min(max(want, s.Min), s.Max, room)
		if s.Alone {
			x.pairs += want * want
		}
		set.resize(want)
	}
	x.settle(set)
	x.copies[n.ID] = set.nodes(n, scaled, s.Alone)
	x.out.Actors = append(x.out.Actors, x.copies[n.ID]...)
	return nil
}

// A replicaSet is the replicas of one actor, by number.
type replicaSet struct {
	of   flow.ActorID
	all  []flow.Replica
	last int // the highest number given so far
}

// standing are the replicas that run now. An actor whose type has changed
// starts anew, and has none.
func (x *expansion) standing(n flow.Node) *replicaSet {
	set := &replicaSet{of: n.ID}
	for _, old := range x.old[n.ID] {
		r := flow.Replica{Of: n.ID, Number: 1}
		if old.Replica != nil {
			r = *old.Replica
		}
		set.last = max(set.last, r.Number, r.Last)
		if r.Last = 0; old.Type == n.Type {
			set.all = append(set.all, r)
		}
	}
	return set
}

// active are the replicas that are not ending, by number.
func (s *replicaSet) active() []*flow.Replica {
	var active []*flow.Replica
	for i := range s.all {
		if !s.all[i].Ending {
			active = append(active, &s.all[i])
		}
	}
	return active
}

// more adds a replica. The first of all is the original.
func (s *replicaSet) more(node flow.NodeID) {
	if len(s.all) == 0 {
		s.all = append(s.all, flow.Replica{Of: s.of, Number: 1, Node: node})
		s.last = max(s.last, 1)
		return
	}
	s.last++
	s.all = append(s.all, flow.Replica{Of: s.of, Number: s.last, Node: node})
}

// single makes it the original alone.
func (s *replicaSet) single() {
	for i := range s.all {
		s.all[i].Ending = s.all[i].Number != 1
	}
	if len(s.all) == 0 || s.all[0].Number != 1 {
		s.all = slices.Insert(s.all, 0, flow.Replica{Of: s.of, Number: 1})
		s.last = max(s.last, 1)
	}
	s.all[0].Node = ""
}

// resize makes it n replicas that run anywhere. The newest end first.
func (s *replicaSet) resize(n int) {
	active := s.active()
	for _, r := range active {
		r.Node = ""
	}
	for i := len(active) - 1; i >= n; i-- {
		active[i].Ending = true
	}
	for i := len(active); i < n; i++ {
		s.more("")
	}
}

// spread makes it one replica on each node that matches, and at most most of
// them. One that was ending goes on when its node matches again. Where no node
// matches, one replica waits for a node that does.
func (s *replicaSet) spread(match []matched, most int) {
	want := map[flow.NodeID]bool{} // nodes that have none yet
	for _, m := range match {
		want[m.node] = true
	}
	n := 0
	take := func(r *flow.Replica) {
		delete(want, r.Node)
		if r.Ending = n == most; !r.Ending {
			n++
		}
	}
	for _, r := range s.active() {
		switch {
		case r.Node == "":
		case want[r.Node]:
			take(r)
		default: // does not match any more, or is a second one
			r.Ending = true
		}
	}
	for i := range s.all { // what ends on a node that matches again goes on
		if r := &s.all[i]; r.Ending && n < most && want[r.Node] {
			take(r)
		}
	}
	free := slices.DeleteFunc(slices.Clone(match), func(m matched) bool { return !m.fresh || !want[m.node] })
	for _, r := range s.active() {
		if r.Node != "" {
			continue
		}
		if len(free) == 0 || n == most {
			r.Ending = true
			continue
		}
		r.Node, free = free[0].node, free[1:]
		n++
	}
	for ; n < most && len(free) > 0; n++ {
		s.more(free[0].node)
		free = free[1:]
	}
	if n > 0 {
		return
	}
	if len(s.all) == 0 {
		s.more("")
	}
	s.all[0].Node, s.all[0].Ending = "", false
}

// A matched is a node that satisfies a rule.
type matched struct {
	node  flow.NodeID
	fresh bool // something may start there: it is up and not being drained
}

// matching are the nodes that have or may get a replica of each actor of a team,
// by name. One that is not known now but not gone either keeps its replicas. Of
// more than most, a team of several goes to those that have the most of it.
func (x *expansion) matching(team []flow.Node, most int) []matched {
	in := placement.Input{Specs: x.specs, Here: map[string]flow.NodeID{x.source.App: x.st.Here}, Zones: x.st.Zones}
	var match []matched
	known := map[flow.NodeID]bool{}
	for i := range x.st.Nodes {
		v := &x.st.Nodes[i]
		known[v.ID] = true
		misfit := func(n flow.Node) bool { return !placement.Fits(&in, n, v) }
		if !x.gone(v.ID) && !slices.ContainsFunc(team, misfit) {
			match = append(match, matched{node: v.ID, fresh: v.Up && !v.Drain})
		}
	}
	has := map[flow.NodeID]int{}
	for _, n := range team {
		for _, old := range x.old[n.ID] {
			r := old.Replica
			if r == nil || r.Node == "" {
				continue
			}
			has[r.Node]++
			if !known[r.Node] && !x.gone(r.Node) {
				match = append(match, matched{node: r.Node})
				known[r.Node] = true
			}
		}
	}
	slices.SortFunc(match, func(a, b matched) int { return cmp.Compare(a.node, b.node) })
	if len(team) > 1 {
		match = slices.DeleteFunc(match, func(m matched) bool { return !m.fresh && has[m.node] == 0 })
		slices.SortStableFunc(match, func(a, b matched) int { return cmp.Compare(has[b.node], has[a.node]) })
		match = match[:min(len(match), most)]
		slices.SortFunc(match, func(a, b matched) int { return cmp.Compare(a.node, b.node) })
	}
	return match
}

func (x *expansion) gone(n flow.NodeID) bool { return x.st.Gone != nil && x.st.Gone(n) }

// settle drops the replicas that have ended, and frees those whose node is gone
// to end elsewhere: what they had taken is in their checkpoints.
func (x *expansion) settle(s *replicaSet) {
	s.all = slices.DeleteFunc(s.all, func(r flow.Replica) bool {
		return r.Ending && x.drained(name(s.of, r.Number))
	})
	for i := range s.all {
		if s.all[i].Ending && x.gone(s.all[i].Node) {
			s.all[i].Node = ""
		}
	}
}

// drained reports whether an actor that is ending holds nothing, and no spool
// holds anything for it.
func (x *expansion) drained(id flow.ActorID) bool {
	if !x.st.Empty[id] {
		return false
	}
	in, _ := x.st.Old.LinksOf(id)
	return !slices.ContainsFunc(in, func(l flow.Link) bool { return IsSpool(l.From.Actor) && !x.st.Empty[l.From.Actor] })
}

// nodes are the actors of the graph that a set comes to.
func (s *replicaSet) nodes(n flow.Node, scaled, alone bool) []flow.Node {
	if !scaled && len(s.all) == 1 && s.last <= 1 {
		return []flow.Node{n}
	}
	if top := s.all[len(s.all)-1].Number; top < s.last {
		s.all[0].Last = s.last
	}
	var nodes []flow.Node
	for i := range s.all {
		c := n
		c.ID = name(n.ID, s.all[i].Number)
		c.Replica = &s.all[i]
		switch {
		case c.Replica.Ending:
			c.Rule = nil // it may end where it is, whether that matches still or not
		case alone:
			c.Rule = also(c.Rule, "apart", n.ID)
		}
		nodes = append(nodes, c)
	}
	return nodes
}

// also is a rule with a predicate about an actor added.
func also(r *flow.Rule, predicate string, id flow.ActorID) *flow.Rule {
	p := flow.Rule{Op: "match", Name: predicate, Args: map[string]flow.Value{"actors": []any{string(id)}}}
	if r == nil {
		return &p
	}
	p.Line = r.Line
	both := &flow.Rule{Op: "and", Terms: []flow.Rule{*r, p}, Line: r.Line}
	if r.Op != "match" {
		both.Name = r.Name
	}
	return both
}
