package expand_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
	"github.com/wardflow/wardflow/runtime/register"
	"github.com/wardflow/wardflow/runtime/script"
)

// compile gives the graph of a script of ours.
func compile(t *testing.T, file string) *flow.Graph {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := script.Load(file, src, func(from, name string) (string, []byte, error) {
		path := filepath.Join(filepath.Dir(from), name+".calvin")
		src, err := os.ReadFile(path)
		return path, src, err
	})
	g, issues := script.Compile(f, script.TypesOf(actors.All()))
	if g == nil {
		t.Fatal(issues.Err())
	}
	return g
}

// house are three nodes of a hospital and one at home.
func house() []placement.NodeView {
	var all []placement.NodeView
	for _, id := range []flow.NodeID{"icu", "lab", "ward", "home"} {
		n := placement.NodeView{Up: true, NodeInfo: flow.NodeInfo{ID: id, Attributes: flow.Attributes{
			"address": {"floor": "3", "room": "12"}, "memTotal": {"value": "16G"}}}}
		for _, t := range actors.All() {
			n.Capabilities = append(n.Capabilities, t.Spec.Requires...)
		}
		if id == "home" {
			n.Attributes["user_extra"] = map[string]string{"patient": "p-2001"}
		}
		all = append(all, n)
	}
	return all
}

// Every script of ours can be expanded and placed; what has a queue on disk has
// it on the node of its sender.
func TestScripts(t *testing.T) {
	spools := 0
	err := filepath.WalkDir("../../calvinscripts", func(path string, _ fs.DirEntry, err error) error {
		if !strings.HasSuffix(path, ".calvin") {
			return err
		}
		source := compile(t, path)
		g, err := expand.Run(source, script.TypesOf(actors.All()), expand.State{Nodes: house()})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return nil
		}
		out := placement.Plan(placement.Input{Graphs: []flow.Graph{g}, Nodes: house(), Specs: script.TypesOf(actors.All()),
			Here: map[string]flow.NodeID{g.App: "lab"}})
		at := map[flow.ActorID]flow.NodeID{}
		for _, pl := range out.Placements {
			at[pl.Actor] = pl.Node
		}
		for _, l := range g.Links {
			if expand.IsSpool(l.To.Actor) {
				spools++
				if n, _ := g.Actor(l.From.Actor); at[l.From.Actor] != at[l.To.Actor] || !n.Local {
					t.Errorf("%s: %s is on %q, its sender on %q", path, l.To.Actor, at[l.To.Actor], at[l.From.Actor])
				}
			}
		}
		return nil
	})
	if err != nil || spools < 3 {
		t.Fatalf("%d spools: %v", spools, err)
	}
}

// What the register has kept is expanded to the same again, bit for bit: a
// leader that finds no difference puts nothing.
func TestKeptGraphsStay(t *testing.T) {
	for _, file := range []string{"tutorial/14-replicas.calvin", "tutorial/15-queues.calvin", "tutorial/11-placement.calvin",
		"hospital/home.calvin", "ward.calvin", "count.calvin"} {
		source := compile(t, "../../calvinscripts/"+file)
		st := expand.State{Nodes: house(), Wanted: map[flow.ActorID]int{"14-replicas:square": 3}}
		g, err := expand.Run(source, script.TypesOf(actors.All()), st)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			b, err := json.Marshal(register.App{Name: g.App, Source: *source, Graph: g})
			if err != nil {
				t.Fatal(err)
			}
			var kept register.App
			if err := json.Unmarshal(b, &kept); err != nil {
				t.Fatal(err)
			}
			st.Old = &kept.Graph
			again, err := expand.Run(&kept.Source, script.TypesOf(actors.All()), st)
			if err != nil || !reflect.DeepEqual(again, kept.Graph) {
				t.Errorf("%s: %v: expanded again:\n%+v\nwas\n%+v", file, err, again, kept.Graph)
			}
			g, st.Wanted = again, map[flow.ActorID]int{"14-replicas:square": 2}
			if err := expand.Check(source, &kept.Graph, script.TypesOf(actors.All())); err != nil {
				t.Errorf("%s: Check refuses what the register has kept: %v", file, err)
			}
			if g, err = expand.Run(&kept.Source, script.TypesOf(actors.All()), st); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Lesson 14: a lamp on each node that has one, replicas apart from each other.
func TestLessonOfReplicas(t *testing.T) {
	source := compile(t, "../../calvinscripts/tutorial/14-replicas.calvin")
	g, err := expand.Run(source, script.TypesOf(actors.All()), expand.State{Nodes: house(),
		Wanted: map[flow.ActorID]int{"14-replicas:square": 3}})
	if err != nil {
		t.Fatal(err)
	}
	out := placement.Plan(placement.Input{Graphs: []flow.Graph{g}, Nodes: house(), Specs: script.TypesOf(actors.All())})
	squares, lamps := map[flow.NodeID]bool{}, map[flow.NodeID]bool{}
	for _, pl := range out.Placements {
		n, _ := g.Actor(pl.Actor)
		switch expand.Of(n) {
		case "14-replicas:square":
			squares[pl.Node] = true
		case "14-replicas:lamp":
			lamps[pl.Node] = true
		}
	}
	if len(squares) != 3 || len(lamps) != 4 || squares[""] || lamps[""] {
		t.Errorf("squares on %v, lamps on %v", squares, lamps)
	}
}

// A component that device_scaling is applied to is on each node as a whole.
func TestComponentOnEachNode(t *testing.T) {
	src := `component Bed() -> hot {
    probe : sensor.Temperature(period=60)
    hot : std.Compare(rel=">")
    probe.centigrade > hot.a
    38.5 > hot.b
    hot.result > .hot
}
bed : Bed()
out : io.Print()
bed.hot > out.token
out.token(routing="collect-tagged")
apply bed : device_scaling() & ~runtime_name(name="home")
`
	f, _ := script.Parse("beds.calvin", []byte(src))
	source, issues := script.Compile(f, script.TypesOf(actors.All()))
	if source == nil {
		t.Fatal(issues)
	}
	g, err := expand.Run(source, script.TypesOf(actors.All()), expand.State{Nodes: house()})
	if err != nil || len(g.Actors) != 3*3+1 || len(g.Links) != 3*3 {
		t.Fatalf("%d actors, %d links: %v", len(g.Actors), len(g.Links), err)
	}
	for _, l := range g.Links {
		from, _ := g.Actor(l.From.Actor)
		to, _ := g.Actor(l.To.Actor)
		if to.Replica != nil && from.Replica.Node != to.Replica.Node {
			t.Errorf("%s leads from %s to %s", l.ID(), from.Replica.Node, to.Replica.Node)
		}
	}
}
