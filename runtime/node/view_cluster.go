package node

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/member"
	"github.com/wardflow/wardflow/runtime/register"
)

// This file shows where things run and why, and how the cluster is.

// nodeState is one node as people see it, without what it reports of itself.
func (n *Node) nodeState(view *register.View, m member.Member, st register.Status) control.NodeState {
	s := control.NodeState{NodeInfo: m.NodeInfo, Up: m.Up && !away(view, m.ID, m.Boot), Since: m.Since,
		Leads: st.Leader == m.ID, Zone: zoneName(m.Attributes["zone"]), Load: loadOf(m.Attributes)}
	_, s.Draining = markOf(view, markDrain, string(m.ID))
	leave, leaves := markOf(view, markLeave, string(m.ID))
	s.Leaving = leaves
	s.Voter = slices.Contains(st.Voters, m.ID)
	if heard, ok := n.register.Heard(m.ID); s.Up && ok && time.Since(heard) > 2*renewEach+renewWithin {
		s.Suspected = true
		s.Why = "it has not renewed its lease for " + time.Since(heard).Round(time.Second).String()
	}
	if !s.Up && m.Up {
		s.Why = "it has said that it stops"
	}
	if s.Leaving && s.Why == "" && leave.By == byRevocation {
		s.Why = "its certificate was revoked"
	}
	return s
}

// zoneName is a zone in one word: "h1/3/icu-1".
func zoneName(zone map[string]string) string {
	var parts []string
	for _, f := range zoneFields {
		if zone[f] != "" {
			parts = append(parts, zone[f])
		}
	}
	return strings.Join(parts, "/")
}

// loadOf reads what a node has measured of itself; nil when it has not.
func loadOf(a flow.Attributes) *control.NodeLoad {
	number := func(typ string) float64 {
		v, _ := strconv.ParseFloat(a[typ]["value"], 64)
		return v
	}
	if a["cpuAvail"]["value"] == "" {
		return nil
	}
	return &control.NodeLoad{CPUUsed: 1 - number("cpuAvail")/100, MemoryUsed: 1 - number("memAvail")/100}
}

// placed adds to an actor's state what is decided about where it runs.
func (n *Node) placed(s *control.ActorState, app *register.App, node flow.Node, view *register.View) {
	spec := n.types[node.Type].Spec
	s.Replica, s.Local, s.Exclusive = node.Replica, node.Local, spec.Exclusive
	if m, ok := markOf(view, markPin, string(node.ID)); ok {
		s.Pinned = &control.Pin{Node: m.Node, By: m.By, At: m.At}
	}
	if w, ok := n.wirings.of(view, app.Name); ok {
		if sc, ok := w.scaled[expand.Of(node)]; ok {
			s.Scaling, s.Replicas = strings.TrimSuffix(sc.kind, "_scaling"), sc.replicas
		}
	}
	// What placement says of an actor that it holds where it should leave; any
	// other reason is why the actor came there.
	if held, ok := strings.CutPrefix(strings.Join(s.Why, "; "), string(s.Node)+": is "); ok && s.Node != "" {
		s.Stays = "it is " + held
	}
}

func (n *Node) isUp(view *register.View, node flow.NodeID) bool {
	m, ok := n.member(node)
	return ok && m.Up && !away(view, node, m.Boot)
}

func (n *Node) member(node flow.NodeID) (member.Member, bool) {
	for _, m := range n.members.All() {
		if m.ID == node {
			return m, true
		}
	}
	return member.Member{}, false
}
