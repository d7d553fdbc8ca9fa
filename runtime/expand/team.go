package expand

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A team is the actors of a component that device_scaling was applied to as a
// whole: each node that fits all of them has one of each, and these are linked
// with each other alone.

// gather finds the teams.
func (x *expansion) gather() {
	x.teams, x.player = map[string][]flow.Node{}, map[flow.ActorID]string{}
	for _, n := range x.source.Actors {
		if s, ok, err := ScalingOf(n.Rule); ok && err == nil && s.Kind == Device && n.Rule.Target != "" {
			x.teams[n.Rule.Target] = append(x.teams[n.Rule.Target], n)
			x.player[n.ID] = n.Rule.Target
		}
	}
}

// team are the actors that are scaled together with one, itself among them.
func (x *expansion) team(n flow.Node) []flow.Node {
	if team := x.teams[n.Rule.Target]; len(team) > 0 {
		return team
	}
	return []flow.Node{n}
}

// oneTeam reports whether a link joins two of one team.
func (x *expansion) oneTeam(l flow.Link) bool {
	from, to := x.player[l.From.Actor], x.player[l.To.Actor]
	return from != "" && from == to
}

// belong reports whether two replicas of one team are on one node, or, where
// they end elsewhere since theirs is gone, were linked before.
func (x *expansion) belong(l flow.Link, from, to flow.Node) bool {
	a, b := from.Replica, to.Replica
	switch {
	case a.Node != b.Node:
		return false
	case a.Node != "" || !a.Ending && !b.Ending:
		return true
	}
	return x.st.Old != nil && slices.ContainsFunc(x.st.Old.Links, func(o flow.Link) bool { return o.ID() == l.ID() })
}
