package expand

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
)

func match(name string, args map[string]flow.Value) flow.Rule {
	return flow.Rule{Op: "match", Name: name, Args: args, Line: 1}
}

// scaled is source > work > sink, where work has a rule.
func scaled(rule flow.Rule) *flow.Graph {
	return &flow.Graph{App: "app",
		Actors: []flow.Node{
			{ID: "app:sink", Type: "t.Sink"}, {ID: "app:source", Type: "t.Source"},
			{ID: "app:work", Type: "t.Work", Args: map[string]flow.Value{"x": int64(1)}, Rule: &rule},
		},
		Links: []flow.Link{
			{From: flow.Endpoint{Actor: "app:source", Port: "o"}, To: flow.Endpoint{Actor: "app:work", Port: "i"}, FromAs: "source.o", ToAs: "work.i", Tag: "source.o"},
			{From: flow.Endpoint{Actor: "app:work", Port: "o"}, To: flow.Endpoint{Actor: "app:sink", Port: "i"}, FromAs: "work.o", ToAs: "sink.i", Tag: "work.o"},
		}}
}

func specs(typ string) (flow.Spec, bool) {
	switch typ {
	case "t.Device":
		return flow.Spec{Identity: "device"}, true
	case SpoolType:
		return flow.Spec{Requires: []string{"buffer.persistent"}, Identity: "as"}, true
	}
	return flow.Spec{}, true
}

func nodes(names ...string) []placement.NodeView {
	var all []placement.NodeView
	for _, name := range names {
		name, down := strings.CutSuffix(name, "-down")
		name, drain := strings.CutSuffix(name, "-drain")
		all = append(all, placement.NodeView{NodeInfo: flow.NodeInfo{ID: flow.NodeID(name),
			Attributes: flow.Attributes{"address": {"floor": name[1:]}}}, Up: !down, Drain: drain})
	}
	return all
}

func run(t *testing.T, source *flow.Graph, st State) flow.Graph {
	t.Helper()
	g, err := Run(source, specs, st)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(source, &g, specs); err != nil {
		t.Errorf("Check refuses what Run made: %v", err)
	}
	return g
}

// told is what a graph has for an actor: "work@n1 work~2@n2(ending)".
func told(g flow.Graph, of flow.ActorID) string {
	var all []string
	for _, n := range g.Actors {
		if Of(n) != of {
			continue
		}
		s := n.ID.Local()
		if r := n.Replica; r != nil && r.Node != "" {
			s += "@" + string(r.Node)
		}
		if ending(n) {
			s += "(ending)"
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

// An actor with device_scaling has one replica on each node that matches, as
// nodes come and go.
func TestDevices(t *testing.T) {
	floor := match("node_attr_match", map[string]flow.Value{"index": []any{"address", map[string]any{"floor": "9"}}})
	rule := flow.Rule{Op: "and", Terms: []flow.Rule{
		{Op: "not", Terms: []flow.Rule{floor}}, match(Device, map[string]flow.Value{"max": int64(3)}),
	}}
	source := scaled(rule)
	gone := map[flow.NodeID]bool{}
	st := State{Gone: func(n flow.NodeID) bool { return gone[n] }, Empty: map[flow.ActorID]bool{}}
	for _, step := range []struct {
		what  string
		nodes []placement.NodeView
		gone  flow.NodeID
		empty flow.ActorID
		want  string
	}{
		{"without nodes one waits", nil, "", "", "work"},
		{"nodes that do not match get none", nodes("n9"), "", "", "work"},
		{"the one that waited goes to the first node", nodes("n1", "n9"), "", "", "work@n1"},
		{"each further node gets one", nodes("n1", "n2", "n9"), "", "", "work@n1 work~2@n2"},
		{"one that is down keeps its own", nodes("n1", "n2-down", "n9"), "", "", "work@n1 work~2@n2"},
		{"so does one that is not heard of", nodes("n1"), "", "", "work@n1 work~2@n2"},
		{"and one that is drained; but none starts there", nodes("n1-drain", "n2", "n3-drain"), "", "", "work@n1 work~2@n2"},
		{"not more than the most", nodes("n1", "n2", "n3", "n4"), "", "", "work@n1 work~2@n2 work~3@n3"},
		{"a node that is gone frees its own to end elsewhere", nodes("n2", "n3", "n4"), "n1", "", "work(ending) work~2@n2 work~3@n3 work~4@n4"},
		{"it goes when it holds nothing", nodes("n2", "n3", "n4"), "", "app:work", "work~2@n2 work~3@n3 work~4@n4"},
		{"a number is never given twice", nodes("n3", "n5"), "n4", "", "work~2@n2 work~3@n3 work~4(ending) work~5@n5"},
		{"what ends on a node that is gone is free, too", nodes("n3"), "n2", "", "work~2(ending) work~3@n3 work~4(ending) work~5@n5"},
	} {
		st.Nodes = step.nodes
		if step.gone != "" {
			gone[step.gone] = true
		}
		if step.empty != "" {
			st.Empty[step.empty] = true
		}
		g := run(t, source, st)
		if got := told(g, "app:work"); got != step.want {
			t.Fatalf("%s: got %s, want %s", step.what, got, step.want)
		}
		if again := run(t, source, State{Nodes: st.Nodes, Gone: st.Gone, Empty: st.Empty, Old: &g}); !reflect.DeepEqual(again, g) {
			t.Fatalf("%s: expanded again:\n%+v\nwas\n%+v", step.what, again, g)
		}
		st.Old = &g
	}
}

// A replica whose node does not match any more ends, and goes on when it does
// before that.
func TestDeviceComesBack(t *testing.T) {
	source := scaled(flow.Rule{Op: "and", Terms: []flow.Rule{
		match("node_attr_match", map[string]flow.Value{"index": []any{"address", map[string]any{"wing": "east"}}}),
		match(Device, nil),
	}})
	wing := func(names ...string) []placement.NodeView {
		all := nodes("n1", "n2")
		for i := range all {
			if slices.Contains(names, string(all[i].ID)) {
				all[i].Attributes["address"]["wing"] = "east"
			}
		}
		return all
	}
	g := run(t, source, State{Nodes: wing("n1", "n2")})
	g = run(t, source, State{Nodes: wing("n1"), Old: &g})
	if got := told(g, "app:work"); got != "work@n1 work~2@n2(ending)" {
		t.Fatal(got)
	}
	g = run(t, source, State{Nodes: wing("n1", "n2"), Old: &g})
	if got := told(g, "app:work"); got != "work@n1 work~2@n2" {
		t.Fatal(got)
	}
}

// An actor with manual or performance scaling has as many replicas as is
// wanted, within its bounds; without a wish as many as there are.
func TestWanted(t *testing.T) {
	source := scaled(match(Performance, map[string]flow.Value{"min": int64(2), "max": int64(4), "alone": true}))
	st := State{Nodes: nodes("n1")}
	for _, step := range []struct {
		want  int // 0: not said
		empty flow.ActorID
		told  string
	}{
		{0, "", "work work~2"},
		{3, "", "work work~2 work~3"},
		{9, "", "work work~2 work~3 work~4"},
		{0, "", "work work~2 work~3 work~4"},
		{1, "", "work work~2 work~3(ending) work~4(ending)"},
		{2, "app:work~4", "work work~2 work~3(ending)"},
		{4, "", "work work~2 work~3(ending) work~5 work~6"},
	} {
		st.Wanted, st.Empty = nil, nil
		if step.want > 0 {
			st.Wanted = map[flow.ActorID]int{"app:work": step.want}
		}
		if step.empty != "" {
			st.Empty = map[flow.ActorID]bool{step.empty: true}
		}
		g := run(t, source, st)
		if got := told(g, "app:work"); got != step.told {
			t.Fatalf("wanted %d, empty %s: got %s, want %s", step.want, step.empty, got, step.told)
		}
		for _, n := range g.Actors {
			if ending(n) && n.Rule != nil {
				t.Fatalf("%s, which ends, has the rule %+v", n.ID, n.Rule)
			}
			if Of(n) == "app:work" && !ending(n) && (n.Rule.Op != "and" || n.Rule.Terms[1].Name != "apart") {
				t.Fatalf("%s is not kept apart: %+v", n.ID, n.Rule)
			}
		}
		st.Old = &g
	}
	// What is not scaled any more is one again.
	plain := scaled(flow.Rule{Op: "match", Name: "all_nodes"})
	g := run(t, plain, State{Nodes: st.Nodes, Old: st.Old})
	if got := told(g, "app:work"); got != "work work~2(ending) work~3(ending) work~5(ending) work~6(ending)" {
		t.Fatal(got)
	}
	// Another type starts anew.
	plain.Actors[2].Type = "t.Other"
	g = run(t, plain, State{Nodes: st.Nodes, Old: &g})
	if got := told(g, "app:work"); got != "work" {
		t.Fatal(got)
	}
}

// Every replica has the original's links. Those that lead to one that ends are
// closing, and each is called by a name of its own.
func TestLinks(t *testing.T) {
	source := scaled(match(Manual, nil))
	g := run(t, source, State{Wanted: map[flow.ActorID]int{"app:work": 2}})
	g = run(t, source, State{Wanted: map[flow.ActorID]int{"app:work": 1}, Old: &g})
	var got []string
	for _, l := range g.Links {
		got = append(got, fmt.Sprintf("%s as %s, %s tagged %s closing %v", l.ID(), l.FromAs, l.ToAs, l.Tag, l.Closing))
	}
	want := []string{
		"app:source.o > app:work.i as source.o, work.i tagged source.o closing false",
		"app:source.o > app:work~2.i as source.o, work~2.i tagged source.o closing true",
		"app:work.o > app:sink.i as work.o, sink.i tagged work.o closing false",
		"app:work~2.o > app:sink.i as work~2.o, sink.i tagged work.o~2 closing false",
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n, _ := g.Actor("app:work~2"); !reflect.DeepEqual(n.Args, source.Actors[2].Args) {
		t.Fatalf("a replica has the arguments %v", n.Args)
	}
}

// What a script can't say is an error, and changes nothing.
func TestBadRules(t *testing.T) {
	for name, r := range map[string]flow.Rule{
		"beside or":    {Op: "or", Terms: []flow.Rule{match(Manual, nil), match("all_nodes", nil)}},
		"in not":       {Op: "not", Terms: []flow.Rule{match(Manual, nil)}},
		"two":          {Op: "and", Terms: []flow.Rule{match(Manual, nil), match(Device, nil)}},
		"min and max":  match(Performance, map[string]flow.Value{"min": int64(3), "max": int64(2)}),
		"max of zero":  match(Device, map[string]flow.Value{"max": int64(0)}),
		"max a string": match(Device, map[string]flow.Value{"max": "3"}),
		"alone a word": match(Performance, map[string]flow.Value{"alone": "yes"}),
	} {
		if g, err := Run(scaled(r), specs, State{}); err == nil {
			t.Errorf("%s: expanded to %+v", name, g)
		}
	}
}

// BenchmarkRun expands ten thousand actors of which some are scaled and some
// have queues on disk, as they run already.
func BenchmarkRun(b *testing.B) {
	rule := match(Manual, nil)
	source := &flow.Graph{App: "app"}
	id := func(i int) flow.ActorID { return flow.ActorID(fmt.Sprintf("app:%05d", i)) }
	for i := range 10_000 {
		n := flow.Node{ID: id(i), Type: "t"}
		switch {
		case i%100 == 7:
			n.Rule = &rule
		case i%100 == 12:
			n.Ports = map[string]map[string]any{"out:o": {"queue": "disk"}}
		}
		source.Actors = append(source.Actors, n)
		if i%10 > 0 {
			source.Links = append(source.Links, flow.Link{From: flow.Endpoint{Actor: id(i - 1), Port: "o"}, To: flow.Endpoint{Actor: id(i), Port: "i"}})
		}
	}
	st := State{Nodes: nodes("n1", "n2", "n3"), Wanted: map[flow.ActorID]int{}}
	for i := 7; i < 10_000; i += 100 {
		st.Wanted[id(i)] = 3
	}
	g, err := Run(source, specs, st)
	if err != nil || len(g.Actors) != 10_300 {
		b.Fatalf("%d actors: %v", len(g.Actors), err)
	}
	st.Old = &g
	for b.Loop() {
		if g, err := Run(source, specs, st); err != nil || len(g.Actors) != 10_300 {
			b.Fatalf("%d actors: %v", len(g.Actors), err)
		}
	}
}

// However many replicas a script asks for, there are no more than placement can look
// at: what a rule says must be is an error, what people wish is cut short.
func TestReplicasAreBounded(t *testing.T) {
	rule := func(min int64, alone bool) *flow.Graph {
		return scaled(match(Performance, map[string]flow.Value{"min": min, "alone": alone}))
	}
	for _, tt := range []struct {
		g    *flow.Graph
		want string
	}{
		{rule(2_000_000_000, false), "line 1: performance_scaling: min=2000000000, and there is room for 1000 replicas"},
		{rule(501, true), "min=501, and there is room for 500 replicas"},
	} {
		if _, err := Run(tt.g, specs, State{Nodes: nodes("n1")}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
	g, err := Run(rule(1, false), specs, State{Nodes: nodes("n1"), Wanted: map[flow.ActorID]int{"app:work": 5000}})
	if err != nil || len(g.Actors) != 2+maxReplicas {
		t.Errorf("%d actors, %v", len(g.Actors), err)
	}
}
