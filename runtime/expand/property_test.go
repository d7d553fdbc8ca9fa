package expand

import (
	"reflect"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
)

// drawSource draws actors in layers, some scaled, some with queues on disk.
func drawSource(t *rapid.T) *flow.Graph {
	g := &flow.Graph{App: "app"}
	n := rapid.IntRange(1, 5).Draw(t, "actors")
	for i := range n {
		node := flow.Node{ID: flow.ActorID("app:a" + strconv.Itoa(i)), Type: "t"}
		if kind := rapid.SampledFrom([]string{"", "", Device, Performance, Manual}).Draw(t, "scaling"); kind != "" {
			args := map[string]flow.Value{}
			if kind != Manual {
				args["max"] = int64(rapid.IntRange(1, 3).Draw(t, "max"))
			}
			r := flow.Rule{Op: "and", Terms: []flow.Rule{
				match("node_attr_match", map[string]flow.Value{"index": []any{"address", map[string]any{"floor": "1"}}}), match(kind, args),
			}}
			node.Rule = &r
		}
		if rapid.IntRange(0, 3).Draw(t, "disk") == 0 {
			node.Ports = map[string]map[string]any{"out:o": {"queue": "disk"}}
		}
		g.Actors = append(g.Actors, node)
	}
	for from := range n {
		for to := from + 1; to < n; to++ {
			if rapid.Bool().Draw(t, "linked") {
				g.Links = append(g.Links, flow.Link{From: flow.Endpoint{Actor: g.Actors[from].ID, Port: "o"}, To: flow.Endpoint{Actor: g.Actors[to].ID, Port: "i"}})
			}
		}
	}
	return g
}

func drawNodes(t *rapid.T) []placement.NodeView {
	var all []placement.NodeView
	for i := range 4 {
		if rapid.IntRange(0, 4).Draw(t, "there") > 0 {
			all = append(all, placement.NodeView{NodeInfo: flow.NodeInfo{ID: flow.NodeID("n" + strconv.Itoa(i)),
				Attributes: flow.Attributes{"address": {"floor": rapid.SampledFrom([]string{"1", "1", "2"}).Draw(t, "floor")}}},
				Up: rapid.IntRange(0, 3).Draw(t, "up") > 0, Drain: rapid.IntRange(0, 3).Draw(t, "drain") == 0})
		}
	}
	return all
}

// Whatever comes and goes: each actor of the script runs; no number is given
// twice; what ends goes only when it is empty; the links are those of the
// script; and the same again changes nothing.
func TestRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := drawSource(t)
		left := map[flow.ActorID]bool{} // names that have gone
		gone := map[flow.NodeID]bool{}
		st := State{Gone: func(n flow.NodeID) bool { return gone[n] }}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			st.Nodes = drawNodes(t)
			if rapid.IntRange(0, 4).Draw(t, "a node goes") == 0 {
				gone[flow.NodeID("n"+strconv.Itoa(rapid.IntRange(0, 3).Draw(t, "which")))] = true
			}
			st.Nodes = slices.DeleteFunc(st.Nodes, func(n placement.NodeView) bool { return gone[n.ID] })
			st.Wanted, st.Empty = map[flow.ActorID]int{}, map[flow.ActorID]bool{}
			for _, n := range source.Actors {
				st.Wanted[n.ID] = rapid.IntRange(0, 4).Draw(t, "wanted")
			}
			if st.Old != nil {
				for _, n := range st.Old.Actors {
					st.Empty[n.ID] = ending(n) && rapid.Bool().Draw(t, "empty")
				}
			}
			g, err := Run(source, specs, st)
			if err != nil {
				t.Fatal(err)
			}
			check(t, source, st, g)
			for _, n := range g.Actors {
				if left[n.ID] {
					t.Fatalf("%s is there again", n.ID)
				}
			}
			if st.Old != nil {
				for _, n := range st.Old.Actors {
					_, there := g.Actor(n.ID)
					if !there && !st.Empty[n.ID] && !IsSpool(n.ID) {
						t.Fatalf("%s went and is not empty", n.ID)
					}
					left[n.ID] = !there && !IsSpool(n.ID)
				}
			}
			again := st
			again.Old = &g
			again.Nodes = rapid.Permutation(st.Nodes).Draw(t, "nodes mixed")
			if second, _ := Run(source, specs, again); !reflect.DeepEqual(second, g) {
				t.Fatalf("expanded again:\n%+v\nwas\n%+v", second, g)
			}
			st.Old = &g
		}
	})
}

// check looks at one graph.
func check(t *rapid.T, source *flow.Graph, st State, g flow.Graph) {
	count := map[flow.ActorID]int{}
	for _, n := range source.Actors {
		on := map[flow.NodeID]bool{}
		active := 0
		for _, r := range g.Actors {
			if Of(r) != n.ID {
				continue
			}
			count[n.ID]++
			if ending(r) {
				continue
			}
			active++
			if r.Replica != nil && r.Replica.Node != "" {
				if on[r.Replica.Node] || st.Gone(r.Replica.Node) {
					t.Fatalf("%s is for %s, which is gone or has one", r.ID, r.Replica.Node)
				}
				on[r.Replica.Node] = true
			}
		}
		s, scaled, _ := ScalingOf(n.Rule)
		switch {
		case active == 0:
			t.Fatalf("nothing runs for %s", n.ID)
		case !scaled && active > 1, scaled && active > s.Max:
			t.Fatalf("%d run for %s", active, n.ID)
		case scaled && s.Kind == Device:
			for _, v := range st.Nodes {
				if fits := v.Attributes["address"]["floor"] == "1"; fits && v.Up && !v.Drain && !on[v.ID] && active < s.Max {
					t.Fatalf("%s has none of %s", v.ID, n.ID)
				}
			}
		}
	}
	checkLinks(t, source, g, count)
	if err := Check(source, &g, specs); err != nil {
		t.Fatalf("Check refuses what Run made: %v", err)
	}
}

func checkLinks(t *rapid.T, source *flow.Graph, g flow.Graph, count map[flow.ActorID]int) {
	ends := map[flow.ActorID]flow.Node{}
	for _, n := range g.Actors {
		if _, twice := ends[n.ID]; twice {
			t.Fatalf("two actors are called %s", n.ID)
		}
		ends[n.ID] = n
	}
	seen := map[flow.LinkID]bool{}
	arrive := 0 // links that end at actors of the script, less those of spools without a sender
	for _, l := range g.Links {
		from, ok := ends[l.From.Actor]
		to, ok2 := ends[l.To.Actor]
		if !ok || !ok2 || seen[l.ID()] {
			t.Fatalf("link %s ends nowhere, or is there twice", l.ID())
		}
		seen[l.ID()] = true
		if l.Closing != ending(to) && !IsSpool(from.ID) && !IsSpool(to.ID) {
			t.Fatalf("link %s: closing is %v", l.ID(), l.Closing)
		}
		if to.Local && !from.Local {
			t.Fatalf("%s is local, and %s before it is not", to.ID, from.ID)
		}
		if in, _ := g.LinksOf(from.ID); !IsSpool(to.ID) && (!IsSpool(from.ID) || len(in) > 0) {
			arrive++
		}
	}
	want := 0
	for _, l := range source.Links {
		want += count[l.From.Actor] * count[l.To.Actor]
	}
	if arrive != want {
		t.Fatalf("%d links, want %d", arrive, want)
	}
}
