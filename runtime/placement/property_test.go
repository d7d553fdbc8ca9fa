package placement

import (
	"reflect"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardflow/wardflow/runtime/flow"
)

// world draws a cluster and an application over few names, so that everything
// meets everything.
type world struct {
	in    Input
	specs map[string]flow.Spec
}

func drawWorld(t *rapid.T) *world {
	w := &world{specs: map[string]flow.Spec{}}
	for i := range rapid.IntRange(0, 5).Draw(t, "nodes") {
		w.in.Nodes = append(w.in.Nodes, drawNode(t, i))
	}
	g := flow.Graph{App: "app"}
	n := rapid.IntRange(1, 8).Draw(t, "actors")
	for i := range n {
		spec := flow.Spec{Requires: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "store"}), 0, 1, rapid.ID).Draw(t, "requires"),
			Exclusive: rapid.Bool().Draw(t, "exclusive")}
		typ := "t" + strconv.Itoa(i)
		w.specs[typ] = spec
		node := flow.Node{ID: flow.ActorID("app:" + strconv.Itoa(i)), Type: typ, Local: rapid.IntRange(0, 4).Draw(t, "local") == 0}
		if rapid.Bool().Draw(t, "ruled") {
			r := drawRule(t, 2)
			node.Rule = &r
		}
		g.Actors = append(g.Actors, node)
	}
	for range rapid.IntRange(0, 8).Draw(t, "links") {
		a, b := rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(0, n-1).Draw(t, "to")
		g.Links = append(g.Links, flow.Link{
			From: flow.Endpoint{Actor: g.Actors[a].ID, Port: "o"}, To: flow.Endpoint{Actor: g.Actors[b].ID, Port: "i"},
		})
	}
	w.in.Graphs = []flow.Graph{g}
	w.in.Failover = rapid.Bool().Draw(t, "failover")
	leased := flow.NodeID("n" + strconv.Itoa(rapid.IntRange(0, 4).Draw(t, "leased")))
	w.in.Leased = func(n flow.NodeID) bool { return n == leased }
	acting := flow.NodeID("n" + strconv.Itoa(rapid.IntRange(0, 9).Draw(t, "acting"))) // mostly none that is there
	w.in.Acting = func(flow.ActorID) flow.NodeID {
		if _, ok := w.node(acting); ok {
			return acting
		}
		return ""
	}
	w.in.Here = map[string]flow.NodeID{"app": "n0"}
	w.in.Specs = func(typ string) (flow.Spec, bool) { s, ok := w.specs[typ]; return s, ok }
	return w
}

func drawNode(t *rapid.T, i int) NodeView {
	return NodeView{
		NodeInfo: flow.NodeInfo{
			ID:           flow.NodeID("n" + strconv.Itoa(i)),
			Capabilities: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "store", "store.group.x"}), 1, 4, rapid.ID).Draw(t, "offers"),
			Attributes: flow.Attributes{
				"address":  {"floor": rapid.SampledFrom([]string{"1", "2"}).Draw(t, "floor")},
				"cpuTotal": {"value": rapid.SampledFrom([]string{"1000", "4000", "junk"}).Draw(t, "cpu")},
				"memAvail": {"value": rapid.SampledFrom([]string{"100", "25", "0"}).Draw(t, "mem")},
			},
		},
		Up:    rapid.IntRange(0, 4).Draw(t, "up") > 0,
		Drain: rapid.IntRange(0, 4).Draw(t, "drain") == 0,
	}
}

func drawRule(t *rapid.T, depth int) flow.Rule {
	kinds := []string{"floor", "name", "here", "all"}
	if depth > 0 {
		kinds = append(kinds, "and", "or", "not")
	}
	switch k := rapid.SampledFrom(kinds).Draw(t, "rule"); k {
	case "floor":
		return attrRule("address", map[string]any{"floor": rapid.SampledFrom([]string{"1", "2"}).Draw(t, "floor")})
	case "name":
		return flow.Rule{Op: "match", Name: "runtime_name", Args: map[string]flow.Value{"name": "n" + strconv.Itoa(rapid.IntRange(0, 4).Draw(t, "name"))}}
	case "here":
		return flow.Rule{Op: "match", Name: "current_node"}
	case "all":
		return flow.Rule{Op: "match", Name: "all_nodes"}
	case "not":
		return flow.Rule{Op: "not", Terms: []flow.Rule{drawRule(t, depth-1)}}
	default:
		return flow.Rule{Op: k, Terms: []flow.Rule{drawRule(t, depth-1), drawRule(t, depth-1)}}
	}
}

// simple is a second reading of the rules, too simple to be wrong.
func simple(r flow.Rule, n NodeView) bool {
	switch r.Op {
	case "and":
		return simple(r.Terms[0], n) && simple(r.Terms[1], n)
	case "or":
		return simple(r.Terms[0], n) || simple(r.Terms[1], n)
	case "not":
		return !simple(r.Terms[0], n)
	}
	switch r.Name {
	case "node_attr_match":
		return n.Attributes["address"]["floor"] == r.Args["index"].([]any)[1].(map[string]any)["floor"]
	case "runtime_name":
		return string(n.ID) == r.Args["name"]
	case "current_node":
		return n.ID == "n0"
	}
	return true
}

func (w *world) fits(a flow.Node, n NodeView) bool {
	for _, c := range w.specs[a.Type].Requires {
		if !slices.Contains(n.Capabilities, c) {
			return false
		}
	}
	return a.Rule == nil || simple(*a.Rule, n)
}

func (w *world) node(id flow.NodeID) (NodeView, bool) {
	i := slices.IndexFunc(w.in.Nodes, func(n NodeView) bool { return n.ID == id })
	if i < 0 {
		return NodeView{}, false
	}
	return w.in.Nodes[i], true
}

// check compares a plan with what it promises.
func (w *world) check(t *rapid.T, out Outcome) {
	if len(out.Placements) != len(w.in.Graphs[0].Actors) {
		t.Fatalf("%d placements of %d actors", len(out.Placements), len(w.in.Graphs[0].Actors))
	}
	for i, a := range w.in.Graphs[0].Actors {
		pl := out.Placements[i]
		if pl.Actor != a.ID || len(pl.Why) == 0 {
			t.Fatalf("placement %d is %+v, want one of %s with reasons", i, pl, a.ID)
		}
		if w.acts(t, a, pl) {
			continue // it waits until another node has stopped it
		}
		possible := false
		for _, n := range w.in.Nodes {
			possible = possible || n.Up && !n.Drain && w.fits(a, n)
		}
		if pl.Node == "" {
			if possible {
				t.Fatalf("%s is nowhere, but a node fits: %v", a.ID, pl.Why)
			}
			if len(w.in.Nodes) > 0 && len(pl.Why) != len(w.in.Nodes) {
				t.Fatalf("%s: %d refusals of %d nodes", a.ID, len(pl.Why), len(w.in.Nodes))
			}
			continue
		}
		n, ok := w.node(pl.Node)
		was := slices.ContainsFunc(w.in.Old, func(o flow.Placement) bool { return o.Actor == a.ID && o.Node == pl.Node })
		bound := slices.Contains(w.specs[a.Type].Requires, "store")
		_, stays := out.Stays[a.ID]
		leased := w.specs[a.Type].Exclusive && !n.Up && w.in.Leased(n.ID)
		if !ok || !w.fits(a, n) {
			// It may be where it does not fit only if it was there and what it
			// has there it can't take along, or a lease has to end first.
			if !was || !stays || !bound && !a.Local && !leased {
				t.Fatalf("%s is on %s, which does not fit: %v", a.ID, pl.Node, pl.Why)
			}
			continue
		}
		if n.Up && !n.Drain {
			continue
		}
		// It may be on a node that is down or drained only if it was there
		// and must not or can't leave.
		if !was || possible && !bound && !a.Local && !leased && (n.Up || w.in.Failover) {
			t.Fatalf("%s is on %s, which is down or drained: %v", a.ID, pl.Node, pl.Why)
		}
	}
}

// acts reports whether an exclusive actor waits until a node has stopped it,
// and sees to it that it does where it must.
func (w *world) acts(t *rapid.T, a flow.Node, pl flow.Placement) bool {
	from := w.in.Acting(a.ID)
	for _, old := range w.in.Old {
		if old.Actor == a.ID && old.Node != "" {
			if from = ""; w.in.Leased(old.Node) {
				from = old.Node
			}
		}
	}
	was := slices.ContainsFunc(w.in.Old, func(o flow.Placement) bool { return o.Actor == a.ID && o.Node == from })
	if !w.specs[a.Type].Exclusive || from == "" || was && pl.Node == from {
		return false
	}
	if pl.Node != "" {
		t.Fatalf("%s goes to %s while %s may run it", a.ID, pl.Node, from)
	}
	return true
}

// Every plan keeps to the requirements or says what can't be; made again from
// its own outcome it is the same; the order of the input does not matter; and
// when one node changes, only actors move that must.
func TestPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		first := Plan(w.in)
		w.check(t, first)
		w.in.Old = first.Placements
		again := Plan(w.in)
		if !reflect.DeepEqual(first.Placements, again.Placements) || len(again.Moves) > 0 {
			t.Fatalf("planned again:\n%+v\nwas\n%+v", again, first.Placements)
		}
		if len(w.in.Nodes) == 0 {
			return
		}
		i := rapid.IntRange(0, len(w.in.Nodes)-1).Draw(t, "changed")
		w.in.Nodes[i] = drawNode(t, i)
		w.in.Failover = rapid.Bool().Draw(t, "failover then")
		second := Plan(w.in)
		w.check(t, second)
		w.checkMoves(t, first, second, w.in.Nodes[i].ID)

		mixed := w.in
		mixed.Nodes = rapid.Permutation(w.in.Nodes).Draw(t, "nodes mixed")
		mixed.Old = rapid.Permutation(w.in.Old).Draw(t, "old mixed")
		g := w.in.Graphs[0]
		g.Actors = rapid.Permutation(g.Actors).Draw(t, "actors mixed")
		mixed.Graphs = []flow.Graph{g}
		if other := Plan(mixed); !reflect.DeepEqual(other, second) {
			t.Fatalf("in another order:\n%+v\nwas\n%+v", other, second)
		}
	})
}

// checkMoves: an actor moves only from nowhere, from the node that changed, or
// (when failover was switched) from one that is not ready.
func (w *world) checkMoves(t *rapid.T, before, after Outcome, changed flow.NodeID) {
	for i, a := range w.in.Graphs[0].Actors {
		from, to := before.Placements[i].Node, after.Placements[i].Node
		if from == to || from == "" {
			continue
		}
		n, _ := w.node(from)
		if n.Up && !n.Drain && w.fits(a, n) {
			t.Fatalf("%s moved from %s to %s without need", a.ID, from, to)
		}
		if from != changed && n.Up && !n.Drain {
			t.Fatalf("%s moved from %s, which did not change", a.ID, from)
		}
	}
}
