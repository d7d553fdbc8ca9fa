package expand

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardflow/wardflow/runtime/flow"
)

// bend makes a copy of a graph whose parts can be changed.
func bend(g flow.Graph) *flow.Graph {
	g.Actors, g.Links = slices.Clone(g.Actors), slices.Clone(g.Links)
	return &g
}

// Whatever is changed in a graph of Run's that is more than how far it has come
// is found.
func TestCheckFindsWhatWasAltered(t *testing.T) {
	disk := map[string]any{"queue": "disk"}
	manual := match(Manual, nil)
	source := home(disk)
	source.Actors[2].Rule = &manual
	g := run(t, source, State{Nodes: nodes("n1", "n2"), Wanted: map[flow.ActorID]int{"home:ward": 2}})
	at := func(id flow.ActorID) int {
		i := slices.IndexFunc(g.Actors, func(n flow.Node) bool { return n.ID == id })
		if i < 0 {
			t.Fatalf("%s is not there: %+v", id, g.Actors)
		}
		return i
	}
	sign, second := at("home:sign"), at("home:ward~2")
	spool := slices.IndexFunc(g.Actors, func(n flow.Node) bool { return IsSpool(n.ID) })
	for _, tt := range []struct {
		name  string
		alter func(*flow.Graph)
		want  string
	}{
		{"another application's", func(g *flow.Graph) { g.App = "ward" }, `runs as "ward"`},
		{"an argument", func(g *flow.Graph) { g.Actors[sign].Args = map[string]flow.Value{"device": "col-2"} }, "home:sign has other arguments"},
		{"a replica's argument", func(g *flow.Graph) { g.Actors[second].Args = map[string]flow.Value{"x": int64(1)} }, "home:ward~2 has other arguments"},
		{"a type", func(g *flow.Graph) { g.Actors[second].Type = "io.Print" }, "home:ward~2 is a io.Print"},
		{"a rule", func(g *flow.Graph) { g.Actors[sign].Rule = &manual }, "home:sign has another rule"},
		{"a property", func(g *flow.Graph) { g.Actors[sign].Ports = nil }, "port out:o of actor home:sign"},
		{"an actor more", func(g *flow.Graph) { g.Actors = append(g.Actors, flow.Node{ID: "home:spy", Type: "t.Sink"}) }, "no actor home:spy"},
		{"an actor twice", func(g *flow.Graph) { g.Actors = append(g.Actors, g.Actors[0]) }, "there twice"},
		{"a replica of what is not scaled", func(g *flow.Graph) {
			n := g.Actors[sign]
			n.ID, n.Replica = "home:sign~2", &flow.Replica{Of: "home:sign", Number: 2}
			g.Actors = append(g.Actors, n)
		}, "2 of actor home:sign are there"},
		{"a replica under a false name", func(g *flow.Graph) { g.Actors[second].ID = "home:ward~7" }, "home:ward~7 runs for home:ward"},
		{"an actor less", func(g *flow.Graph) { g.Actors = slices.Delete(g.Actors, sign, sign+1) }, "0 of actor home:sign are there"},
		{"a link more", func(g *flow.Graph) {
			g.Links = append(g.Links, flow.Link{From: flow.Endpoint{Actor: "home:device", Port: "o"}, To: flow.Endpoint{Actor: "home:ward", Port: "i"}})
		}, "no link home:device.o > home:ward.i"},
		{"a link twice", func(g *flow.Graph) { g.Links = append(g.Links, g.Links[0]) }, "there twice"},
		{"a link less", func(g *flow.Graph) { g.Links = g.Links[1:] }, "is missing"},
		{"a link elsewhere", func(g *flow.Graph) { g.Links[0].To.Port = "secret" }, "missing"},
		{"a link's name", func(g *flow.Graph) { g.Links[0].FromAs = "other.o" }, "called otherwise"},
		{"a tag", func(g *flow.Graph) { g.Links[len(g.Links)-1].Tag += "x" }, "called otherwise"},
		{"past the spool", func(g *flow.Graph) {
			g.Links = append(g.Links, flow.Link{From: flow.Endpoint{Actor: "home:sign", Port: "o"}, To: flow.Endpoint{Actor: "home:ward", Port: "i"}, FromAs: "sign.o", ToAs: "ward.i", Tag: "s"})
		}, "without the spool"},
		{"a spool that speaks as another", func(g *flow.Graph) { g.Actors[spool].Args = map[string]flow.Value{"as": "ecg-1"} }, "other arguments"},
		{"a spool for nothing", func(g *flow.Graph) {
			g.Actors = append(g.Actors, flow.Node{ID: "home:device~o~123456", Type: SpoolType, Args: map[string]flow.Value{"as": "ecg-1"}, Local: true})
		}, "asks for no spool"},
		{"a left-over spool that takes more", func(g *flow.Graph) {
			id := flow.ActorID("home:device~o~123456")
			g.Actors = append(g.Actors, flow.Node{ID: id, Type: SpoolType, Args: map[string]flow.Value{"as": "ecg-1"}, Local: true, Replica: &flow.Replica{Of: id, Number: 1, Ending: true}})
			g.Links = append(g.Links, flow.Link{From: flow.Endpoint{Actor: "home:device", Port: "o"}, To: flow.Endpoint{Actor: id, Port: "token"}},
				flow.Link{From: flow.Endpoint{Actor: id, Port: "token"}, To: flow.Endpoint{Actor: "home:ward", Port: "i"}})
		}, "goes on"},
		{"a left-over spool of another sender", func(g *flow.Graph) {
			id := flow.ActorID("home:device~o~123456")
			g.Actors = append(g.Actors, flow.Node{ID: id, Type: SpoolType, Args: map[string]flow.Value{"as": "col-1"}, Local: true, Replica: &flow.Replica{Of: id, Number: 1, Ending: true}})
			g.Links = append(g.Links, flow.Link{From: flow.Endpoint{Actor: id, Port: "token"}, To: flow.Endpoint{Actor: "home:ward", Port: "i"}})
		}, "speaks as col-1"},
		{"where checkpoints are", func(g *flow.Graph) { g.Actors[sign].Local = false }, "keeps its checkpoints elsewhere"},
		{"nothing", func(*flow.Graph) {}, ""},
		{"what closes", func(g *flow.Graph) { g.Links[0].Closing = true }, ""},
		{"where a replica is for", func(g *flow.Graph) {
			r := *g.Actors[second].Replica
			r.Node = "n2"
			g.Actors[second].Replica = &r
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := bend(g)
			tt.alter(b)
			err := Check(source, b, specs)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Check = %v, want %q", err, tt.want)
			}
		})
	}
}

// No link and no actor can be taken out of a graph that runs, or put into it,
// unseen, whatever the script.
func TestCheckIsComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		source := drawSource(t)
		st := State{Nodes: drawNodes(t), Wanted: map[flow.ActorID]int{}}
		for _, n := range source.Actors {
			st.Wanted[n.ID] = rapid.IntRange(0, 3).Draw(t, "wanted")
		}
		g, err := Run(source, specs, st)
		if err != nil {
			t.Fatal(err)
		}
		b := bend(g)
		if len(b.Links) > 0 && rapid.Bool().Draw(t, "a link less") {
			i := rapid.IntRange(0, len(b.Links)-1).Draw(t, "which")
			b.Links = slices.Delete(b.Links, i, i+1)
		} else {
			from := rapid.SampledFrom(b.Actors).Draw(t, "from")
			b.Links = append(b.Links, flow.Link{From: flow.Endpoint{Actor: from.ID, Port: "spy"}, To: flow.Endpoint{Actor: b.Actors[0].ID, Port: "i"}})
		}
		if err := Check(source, b, specs); err == nil {
			t.Fatalf("Check lets pass\n%+v\nfor\n%+v", b.Links, g.Links)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	g := flow.Graph{App: "app"}
	for i := range 10_000 {
		g.Actors = append(g.Actors, flow.Node{ID: flow.ActorID(fmt.Sprintf("app:a%d", i)), Type: "t", Args: map[string]flow.Value{"n": int64(i)}})
		if i > 0 {
			g.Links = append(g.Links, flow.Link{From: flow.Endpoint{Actor: g.Actors[i-1].ID, Port: "o"}, To: flow.Endpoint{Actor: g.Actors[i].ID, Port: "i"}})
		}
	}
	for b.Loop() {
		if err := Check(&g, &g, specs); err != nil {
			b.Fatal(err)
		}
	}
}
