package expand

import (
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
)

// bedside is a component probe > check, scaled as a whole, and a sink. The check
// needs a capability.
func bedside(most int64) *flow.Graph {
	rule := flow.Rule{Op: "match", Name: Device, Args: map[string]flow.Value{"max": most}, Target: "bed"}
	return &flow.Graph{App: "app",
		Actors: []flow.Node{
			{ID: "app:bed:check", Type: "t.Check", Rule: &rule}, {ID: "app:bed:probe", Type: "t.Probe", Rule: &rule}, {ID: "app:sink", Type: "t.Sink"},
		},
		Links: []flow.Link{
			{From: flow.Endpoint{Actor: "app:bed:probe", Port: "o"}, To: flow.Endpoint{Actor: "app:bed:check", Port: "i"}},
			{From: flow.Endpoint{Actor: "app:bed:check", Port: "o"}, To: flow.Endpoint{Actor: "app:sink", Port: "i"}},
		}}
}

func needy(typ string) (flow.Spec, bool) {
	if typ == "t.Check" {
		return flow.Spec{Requires: []string{"check"}}, true
	}
	return flow.Spec{}, true
}

func able(nodes []placement.NodeView, names ...flow.NodeID) []placement.NodeView {
	for i := range nodes {
		if slices.Contains(names, nodes[i].ID) {
			nodes[i].Capabilities = []string{"check"}
		}
	}
	return nodes
}

func linked(g flow.Graph) []string {
	var all []string
	for _, l := range g.Links {
		s := string(l.ID())
		if l.Closing {
			s += " closing"
		}
		all = append(all, s)
	}
	slices.Sort(all)
	return all
}

// A component that is scaled as a whole is on each node that fits all of it, and
// each copy is linked within itself.
func TestTeam(t *testing.T) {
	gone := false
	st := State{Nodes: able(nodes("n1", "n2", "n3"), "n1", "n3"), Gone: func(n flow.NodeID) bool { return gone && n == "n1" }}
	source := bedside(2)
	g, err := Run(source, needy, st)
	if err != nil {
		t.Fatal(err)
	}
	both := []string{
		"app:bed:check.o > app:sink.i", "app:bed:check~2.o > app:sink.i",
		"app:bed:probe.o > app:bed:check.i", "app:bed:probe~2.o > app:bed:check~2.i",
	}
	if got := linked(g); !slices.Equal(got, both) || told(g, "app:bed:probe") != "bed:probe@n1 bed:probe~2@n3" || told(g, "app:bed:check") != "bed:check@n1 bed:check~2@n3" {
		t.Fatalf("%s, %s: %v", told(g, "app:bed:probe"), told(g, "app:bed:check"), got)
	}
	// An actor that is new to the component joins the others.
	st.Old, st.Nodes = &g, able(nodes("n0", "n1", "n2", "n3"), "n0", "n1", "n3")
	source.Actors = append(source.Actors, flow.Node{ID: "app:bed:late", Type: "t.Late", Rule: source.Actors[0].Rule})
	if g, err = Run(source, needy, st); err != nil || told(g, "app:bed:late") != "bed:late@n1 bed:late~2@n3" {
		t.Fatalf("%s, %v", told(g, "app:bed:late"), err)
	}
	// One copy's node is gone: both of it end elsewhere, linked as they were.
	gone, st.Old, st.Nodes = true, &g, able(nodes("n2", "n3"), "n3")
	if g, err = Run(source, needy, st); err != nil || told(g, "app:bed:probe") != "bed:probe(ending) bed:probe~2@n3" {
		t.Fatalf("%s, %v", told(g, "app:bed:probe"), err)
	}
	both[2] += " closing"
	if got := linked(g); !slices.Equal(got, both) {
		t.Fatalf("%v", got)
	}
}
