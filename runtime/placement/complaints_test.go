package placement

import (
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Two of the complaints of Calvin's users (peers, section 5): requirements that
// surprise, and runtimes that vanish.

// In Calvin a rule that left out a field matched only nodes that left it out as
// well; a predicate that failed was dropped; and where none matched the actor
// ran wherever the request had come in. Here a rule means what it says.
func TestRequirementsThatSurprise(t *testing.T) {
	nodes := []NodeView{
		{NodeInfo: flow.NodeInfo{ID: "7b1f", Attributes: flow.Attributes{
			"node_name": {"organization": "h1", "name": "bedside"},
			"address":   {"country": "SE", "locality": "Lund", "floor": "3"},
		}}, Up: true},
		{NodeInfo: flow.NodeInfo{ID: "here", Attributes: flow.Attributes{"address": {"locality": "Malmö"}}}, Up: true},
	}
	for _, tt := range []struct {
		what string
		rule flow.Rule
		want flow.NodeID
	}{
		{"one field of three is enough", attrRule("address", map[string]any{"locality": "Lund"}), "7b1f"},
		{"any fields will do", attrRule("address", map[string]any{"country": "SE", "floor": "3"}), "7b1f"},
		{"a name is found beside an organization", flow.Rule{Op: "match", Name: "runtime_name", Args: map[string]flow.Value{"name": "bedside"}}, "7b1f"},
		{"a field that differs refuses", attrRule("address", map[string]any{"country": "SE", "locality": "Malmö"}), ""},
		{"what is not understood refuses", flow.Rule{Op: "and", Terms: []flow.Rule{
			{Op: "match", Name: "all_nodes"}, attrRule("address", map[string]any{"floor": int64(3)})}}, ""},
		{"where nothing matches it does not run where it was asked for", attrRule("address", map[string]any{"locality": "Oslo"}), ""},
		{"nor does turning it round help", flow.Rule{Op: "not", Terms: []flow.Rule{{Op: "match", Name: "node_attr"}}}, ""},
	} {
		out := Plan(Input{Nodes: nodes, Specs: anyType, Here: map[string]flow.NodeID{"app": "here"},
			Graphs: []flow.Graph{{App: "app", Actors: []flow.Node{{ID: "app:a", Type: "t", Rule: &tt.rule}}}}})
		pl := out.Placements[0]
		if pl.Node != tt.want {
			t.Errorf("%s: on %q, want %q: %v", tt.what, pl.Node, tt.want, pl.Why)
		}
		if tt.want != "" {
			continue
		}
		for _, n := range nodes {
			if !slices.ContainsFunc(pl.Why, func(w string) bool { return strings.HasPrefix(w, string(n.ID)+": ") }) {
				t.Errorf("%s: nothing is said of %s: %v", tt.what, n.ID, pl.Why)
			}
		}
	}
}

// In Calvin a runtime that lost its connection was often not found again, or
// found twice. Here what a node has stays its own while it is away, whatever is
// asked meanwhile, and it comes back to it.
func TestRuntimesThatVanish(t *testing.T) {
	all := []NodeView{
		{NodeInfo: flow.NodeInfo{ID: "a", Boot: 1}, Up: true}, {NodeInfo: flow.NodeInfo{ID: "b", Boot: 1}, Up: true},
		{NodeInfo: flow.NodeInfo{ID: "c", Boot: 1}, Up: true},
	}
	g := flow.Graph{App: "app"}
	for _, id := range []flow.ActorID{"app:1", "app:2", "app:3", "app:4", "app:5"} {
		g.Actors = append(g.Actors, flow.Node{ID: id, Type: "t"})
	}
	in := Input{Nodes: all, Specs: anyType, Graphs: []flow.Graph{g}}
	first := Plan(in).Placements
	in.Old = first
	for _, step := range []struct {
		what  string
		nodes []NodeView
	}{
		{"it is away", all[:2]},
		{"all are away", nil},
		{"it is down", []NodeView{all[0], all[1], {NodeInfo: all[2].NodeInfo}}},
		{"it is there twice", append(slices.Clone(all), all[2])},
		{"it has started anew", []NodeView{all[0], all[1], {NodeInfo: flow.NodeInfo{ID: "c", Boot: 2}, Up: true}}},
	} {
		in.Nodes = step.nodes
		out := Plan(in)
		if len(out.Moves) > 0 {
			t.Errorf("%s: these move: %+v", step.what, out.Moves)
		}
		in.Old = out.Placements
	}
	// With failover what it had moves, and it does not move back.
	in.Nodes, in.Failover = all[:2], true
	out := Plan(in)
	for _, pl := range out.Placements {
		if pl.Node == "c" || pl.Node == "" {
			t.Errorf("%s is on %q while c is away: %v", pl.Actor, pl.Node, pl.Why)
		}
	}
	in.Nodes, in.Old = all, out.Placements
	if back := Plan(in); len(back.Moves) > 0 {
		t.Errorf("when c is back these move: %+v", back.Moves)
	}
}
