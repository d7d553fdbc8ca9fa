package placement

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardflow/wardflow/runtime/flow"
)

func companion(predicate string, ids ...string) flow.Rule {
	var names []any
	for _, id := range ids {
		names = append(names, id)
	}
	return flow.Rule{Op: "match", Name: predicate, Args: map[string]flow.Value{"actors": names}, Line: 1}
}

func anyType(string) (flow.Spec, bool) { return flow.Spec{}, true }

// drawCompany draws actors that must be near some and apart from others.
func drawCompany(t *rapid.T) Input {
	in := Input{Failover: rapid.Bool().Draw(t, "failover")}
	in.Specs = func(typ string) (flow.Spec, bool) { return flow.Spec{Exclusive: typ == "lamp"}, true }
	in.Leased = func(n flow.NodeID) bool { return n == "n0" || n == "n1" }
	for i := range rapid.IntRange(1, 5).Draw(t, "nodes") {
		in.Nodes = append(in.Nodes, drawNode(t, i))
	}
	g := flow.Graph{App: "app"}
	n := rapid.IntRange(1, 7).Draw(t, "actors")
	id := func(i int) string { return "app:" + strconv.Itoa(i) }
	for i := range n {
		a := flow.Node{ID: flow.ActorID(id(i)), Type: rapid.SampledFrom([]string{"t", "t", "t", "lamp"}).Draw(t, "type"),
			Local: rapid.IntRange(0, 5).Draw(t, "local") == 0}
		r := flow.Rule{Op: "and", Terms: []flow.Rule{{Op: "match", Name: "all_nodes"}}}
		for range rapid.IntRange(0, 2).Draw(t, "company") {
			kind := rapid.SampledFrom([]string{near, apart, apart}).Draw(t, "kind")
			r.Terms = append(r.Terms, companion(kind, id(rapid.IntRange(0, n-1).Draw(t, "whom"))))
		}
		if rapid.IntRange(0, 2).Draw(t, "floor too") == 0 {
			r.Terms = append(r.Terms, attrRule("address", map[string]any{"floor": "1"}))
		}
		a.Rule = &r
		g.Actors = append(g.Actors, a)
	}
	in.Graphs = []flow.Graph{g}
	return in
}

// checkCompany looks at each pair that a rule speaks of.
func checkCompany(t *rapid.T, in Input, out Outcome) {
	at := map[flow.ActorID]flow.NodeID{}
	for _, pl := range out.Placements {
		at[pl.Actor] = pl.Node
		if pl.Node == "" && len(pl.Why) == 0 {
			t.Fatalf("%s is nowhere, without a reason", pl.Actor)
		}
	}
	was := map[flow.ActorID]flow.NodeID{}
	for _, pl := range in.Old {
		was[pl.Actor] = pl.Node
	}
	for _, a := range in.Graphs[0].Actors {
		c := companyOf(a.Rule)
		_, stays := out.Stays[a.ID]
		for _, id := range c.near {
			_, otherStays := out.Stays[id]
			waits := at[a.ID] == "" || at[id] == "" // an exclusive one until it is stopped
			if at[a.ID] != at[id] && !stays && !otherStays && !waits && !in.down(at[a.ID]) && !in.down(at[id]) {
				t.Fatalf("%s is on %q and must be near %s, which is on %q", a.ID, at[a.ID], id, at[id])
			}
		}
		if from := was[a.ID]; a.Type == "lamp" && from != "" && in.Leased(from) && at[a.ID] != from && at[a.ID] != "" {
			t.Fatalf("%s goes from %s to %s at once", a.ID, from, at[a.ID])
		}
		if from := was[a.ID]; a.Local && from != "" && at[a.ID] != from {
			t.Fatalf("%s is local and goes from %s to %q", a.ID, from, at[a.ID])
		}
		for _, id := range c.apart {
			// Two that a node that is down has both may only be waiting for it.
			_, otherStays := out.Stays[id]
			if id != a.ID && at[a.ID] != "" && at[a.ID] == at[id] && !in.down(at[id]) && !stays && !otherStays {
				t.Fatalf("%s and %s must be apart and are on %s", a.ID, id, at[id])
			}
		}
	}
}

func (in *Input) down(id flow.NodeID) bool {
	return !slices.ContainsFunc(in.Nodes, func(n NodeView) bool { return n.ID == id && n.Up })
}

// Those that must be near each other are on one node, those that must be apart
// never are, whatever changes; and the same again moves nobody.
func TestCompany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawCompany(t)
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			out := Plan(in)
			checkCompany(t, in, out)
			in.Old = out.Placements
			for _, m := range Plan(in).Moves {
				if m.From != "" { // what waited to be stopped goes on
					t.Fatalf("planned again, this moves: %+v", m)
				}
			}
			if wider := in; len(out.Unplaced())+len(out.Stays) == 0 {
				wider.Nodes = append(slices.Clone(in.Nodes), drawNode(t, 9))
				if moves := Plan(wider).Moves; len(moves) > 0 {
					t.Fatalf("a node has come, and these move: %+v", moves)
				}
			}
			i := rapid.IntRange(0, len(in.Nodes)-1).Draw(t, "changed")
			in.Nodes[i] = drawNode(t, i)
		}
	})
}

// Where some actors must all be apart, each has a node of its own whenever that
// can be, whoever was where before; and only as many move as must.
func TestMakeRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, nodes := rapid.IntRange(1, 6).Draw(t, "actors"), rapid.IntRange(1, 6).Draw(t, "nodes")
		in := Input{Specs: anyType}
		for i := range nodes {
			in.Nodes = append(in.Nodes, NodeView{NodeInfo: flow.NodeInfo{ID: flow.NodeID("n" + strconv.Itoa(i))}, Up: true})
		}
		fits := make([][]int, n)
		g := flow.Graph{App: "app"}
		for i := range n {
			r := flow.Rule{Op: "or"}
			fits[i] = rapid.SliceOfNDistinct(rapid.IntRange(0, nodes-1), 1, nodes, rapid.ID).Draw(t, "fits")
			for _, k := range fits[i] {
				r.Terms = append(r.Terms, flow.Rule{Op: "match", Name: "runtime_name", Args: map[string]flow.Value{"name": "n" + strconv.Itoa(k)}})
			}
			g.Actors = append(g.Actors, flow.Node{ID: flow.ActorID("app:x~" + strconv.Itoa(i+1)), Type: "t",
				Replica: &flow.Replica{Of: "app:x", Number: i + 1},
				Rule:    &flow.Rule{Op: "and", Terms: []flow.Rule{r, companion(apart, "app:x")}}})
		}
		in.Graphs = []flow.Graph{g}
		// Some of them are there already.
		first := rapid.IntRange(0, n).Draw(t, "placed before")
		before := in
		before.Graphs = []flow.Graph{{App: "app", Actors: g.Actors[:first]}}
		in.Old = Plan(before).Placements
		out := Plan(in)
		placed := n - len(out.Unplaced())
		if want := matching(fits, nodes); placed != want {
			t.Fatalf("%d actors have a node, %d could: %+v", placed, want, out.Placements)
		}
		on := map[flow.NodeID]bool{}
		for _, pl := range out.Placements {
			if pl.Node != "" && on[pl.Node] {
				t.Fatalf("%s has two of them", pl.Node)
			}
			on[pl.Node] = true
		}
	})
}

// matching is how many actors can have a node of their own, tried one way and
// the other.
func matching(fits [][]int, nodes int) int {
	taken := make([]bool, nodes)
	var best func(i int) int
	best = func(i int) int {
		if i == len(fits) {
			return 0
		}
		most := best(i + 1) // it has none
		for _, k := range fits[i] {
			if !taken[k] {
				taken[k] = true
				most = max(most, 1+best(i+1))
				taken[k] = false
			}
		}
		return most
	}
	return best(0)
}

// What no "not" or "or" can mean fits nowhere, as other rules that can't be
// understood.
func TestCompanyOnlyInAnd(t *testing.T) {
	all := flow.Rule{Op: "match", Name: "all_nodes"}
	for name, r := range map[string]flow.Rule{
		"not":        {Op: "not", Terms: []flow.Rule{companion(near, "app:b")}},
		"or":         {Op: "or", Terms: []flow.Rule{all, companion(apart, "app:b")}},
		"no actors":  {Op: "match", Name: near},
		"no names":   companion(near),
		"no string":  {Op: "match", Name: apart, Args: map[string]flow.Value{"actors": []any{int64(1)}}},
		"two things": {Op: "match", Name: apart, Args: map[string]flow.Value{"actors": []any{"x"}, "nodes": []any{"y"}}},
		"nobody":     companion(near, "app:nobody"),
	} {
		out := Plan(Input{
			Graphs: []flow.Graph{{App: "app", Actors: []flow.Node{{ID: "app:a", Type: "t", Rule: &r}, {ID: "app:b", Type: "t"}}}},
			Specs:  anyType, Nodes: []NodeView{{NodeInfo: flow.NodeInfo{ID: "n"}, Up: true}},
		})
		if pl := out.Placements[0]; pl.Node != "" || len(pl.Why) != 1 {
			t.Errorf("%s: placed on %q: %v", name, pl.Node, pl.Why)
		}
		if out.Placements[1].Node != "n" {
			t.Errorf("%s: the other actor is nowhere: %v", name, out.Placements[1].Why)
		}
	}
}
