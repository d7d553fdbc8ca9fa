package expand

import (
	"reflect"
	"slices"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// home is device > sign > ward, where the port of sign that leads to the ward
// has its queue on disk.
func home(queue map[string]any) *flow.Graph {
	return &flow.Graph{App: "home",
		Actors: []flow.Node{
			{ID: "home:device", Type: "t.Device", Args: map[string]flow.Value{"device": "ecg-1"}},
			{ID: "home:sign", Type: "t.Device", Args: map[string]flow.Value{"device": "col-1"}, Ports: map[string]map[string]any{"out:o": queue}},
			{ID: "home:ward", Type: "t.Sink"},
		},
		Links: []flow.Link{
			{From: flow.Endpoint{Actor: "home:device", Port: "o"}, To: flow.Endpoint{Actor: "home:sign", Port: "i"}, FromAs: "device.o", ToAs: "sign.i"},
			{From: flow.Endpoint{Actor: "home:sign", Port: "o"}, To: flow.Endpoint{Actor: "home:ward", Port: "i"}, FromAs: "sign.o", ToAs: "ward.i", Tag: "s"},
		}}
}

func spoolOf(g flow.Graph) (flow.Node, bool) {
	i := slices.IndexFunc(g.Actors, func(n flow.Node) bool { return IsSpool(n.ID) })
	if i < 0 {
		return flow.Node{}, false
	}
	return g.Actors[i], true
}

// A link whose queue is on disk goes through a spool near its sender, which
// speaks as the sender; all before it is local.
func TestSpool(t *testing.T) {
	source := home(map[string]any{"queue": "disk", "queue_bytes": int64(1 << 20), "queue_length": int64(9), "overflow": []any{"drop_oldest", "block"}})
	g := run(t, source, State{})
	s, ok := spoolOf(g)
	if !ok || s.Type != SpoolType || s.ID.App() != "home" {
		t.Fatalf("no spool among %+v", g.Actors)
	}
	for arg, want := range map[string]flow.Value{"bytes": int64(1 << 20), "length": int64(9), "overflow": "drop_oldest", "as": "col-1"} {
		if s.Args[arg] != want {
			t.Errorf("argument %s is %v, want %v", arg, s.Args[arg], want)
		}
	}
	in, out := g.LinksOf(s.ID)
	if len(g.Links) != 3 || len(in) != 1 || len(out) != 1 || in[0].From.String() != "home:sign.o" || out[0].To.String() != "home:ward.i" ||
		out[0].FromAs != "sign.o" || out[0].Tag != "s" || in[0].ToAs != "ward.i" {
		t.Errorf("links %+v", g.Links)
	}
	for _, n := range g.Actors {
		if n.Local != (n.ID != "home:ward") {
			t.Errorf("%s: local is %v", n.ID, n.Local)
		}
		if _, has := n.Ports["out:o"]["queue_length"]; has {
			t.Errorf("%s has a queue in memory as long as that on disk", n.ID)
		}
	}
	if source.Actors[1].Ports["out:o"]["queue_length"] == nil || source.Actors[0].Local {
		t.Error("the graph of the script was changed")
	}
	if r := s.Rule; r == nil || r.Name != "near" || r.Args["actors"].([]any)[0] != "home:sign" {
		t.Errorf("rule %+v", s.Rule)
	}
}

// A spool that is wanted no more is there until it is empty.
func TestSpoolEnds(t *testing.T) {
	g := run(t, home(map[string]any{"queue": "disk"}), State{})
	spool, _ := spoolOf(g)
	plain := home(nil)
	next := run(t, plain, State{Old: &g})
	s, ok := spoolOf(next)
	if !ok || !ending(s) || s.ID != spool.ID || !s.Local {
		t.Fatalf("%+v", next.Actors)
	}
	in, out := next.LinksOf(s.ID)
	if len(in) != 1 || !in[0].Closing || len(out) != 1 || out[0].Closing || len(next.Links) != 3 {
		t.Fatalf("links %+v", next.Links)
	}
	// Its sender goes, too.
	without := home(nil)
	without.Actors, without.Links = without.Actors[2:], nil
	orphan := run(t, without, State{Old: &next})
	if s, ok := spoolOf(orphan); !ok || s.Rule != nil || len(orphan.Links) != 1 {
		t.Fatalf("%+v", orphan)
	}
	// It can be wanted again.
	back := run(t, home(map[string]any{"queue": "disk"}), State{Old: &next})
	if s, _ := spoolOf(back); s.ID != spool.ID || ending(s) || len(back.Links) != 3 {
		t.Fatalf("%+v", back)
	}
	done := run(t, plain, State{Old: &next, Empty: map[flow.ActorID]bool{spool.ID: true}})
	if _, ok := spoolOf(done); ok || len(done.Links) != 2 {
		t.Fatalf("%+v", done)
	}
	for _, n := range done.Actors {
		if n.Local {
			t.Errorf("%s is local still", n.ID)
		}
	}
	// Nobody is there to take what it holds.
	alone := home(nil)
	alone.Actors, alone.Links = alone.Actors[:2], alone.Links[:1]
	if _, ok := spoolOf(run(t, alone, State{Old: &g})); ok {
		t.Error("the spool has nowhere to go with what it holds, and is kept")
	}
}

// Where another sender has taken the place of a spool's, the receiver takes from
// both until the spool is empty.
func TestSpoolOfReplacedSender(t *testing.T) {
	g := run(t, home(map[string]any{"queue": "disk"}), State{})
	spool, _ := spoolOf(g)
	other := home(nil)
	other.Actors[1].ID = "home:other"
	other.Links[0].To.Actor, other.Links[1].From.Actor = "home:other", "home:other"
	next := run(t, other, State{Old: &g})
	in, _ := next.LinksOf("home:ward")
	ward, _ := next.Actor("home:ward")
	if len(in) != 2 || in[0].Tag == in[1].Tag || ward.Ports["in:i"]["routing"] != "collect-unordered" {
		t.Fatalf("links %+v, ports %v", in, ward.Ports)
	}
	if again := run(t, other, State{Old: &next}); !reflect.DeepEqual(again, next) {
		t.Fatalf("expanded again:\n%+v\nwas\n%+v", again, next)
	}
	done := run(t, other, State{Old: &next, Empty: map[flow.ActorID]bool{spool.ID: true}})
	if ward, _ := done.Actor("home:ward"); len(done.Links) != 2 || ward.Ports != nil || other.Actors[2].Ports != nil {
		t.Fatalf("%+v", done)
	}
}

// A link that runs gets its spool when what is on it has arrived.
func TestSpoolComes(t *testing.T) {
	plain := run(t, home(nil), State{})
	disk := home(map[string]any{"queue": "disk"})
	st := State{Old: &plain, Drained: map[flow.LinkID]bool{}}
	g := run(t, disk, st)
	_, spooled := spoolOf(g)
	if i := slices.IndexFunc(g.Links, func(l flow.Link) bool { return l.ID() == "home:sign.o > home:ward.i" }); spooled || i < 0 || !g.Links[i].Closing {
		t.Fatalf("%+v", g)
	}
	st.Old, st.Drained["home:sign.o > home:ward.i"] = &g, true
	g = run(t, disk, st)
	if _, spooled := spoolOf(g); !spooled || len(g.Links) != 3 {
		t.Fatalf("%+v", g)
	}
	st.Old = &g
	if again := run(t, disk, st); !reflect.DeepEqual(again, g) {
		t.Fatalf("%+v", again)
	}
}

// A replica that ends waits for the spool that leads to it.
func TestSpoolOfReplica(t *testing.T) {
	source := home(map[string]any{"queue": "disk"})
	rule := match(Manual, nil)
	source.Actors[2].Rule = &rule
	two := run(t, source, State{Wanted: map[flow.ActorID]int{"home:ward": 2}})
	st := State{Wanted: map[flow.ActorID]int{"home:ward": 1}, Old: &two}
	one := run(t, source, st)
	in, _ := one.LinksOf("home:ward~2")
	if len(in) != 1 || in[0].Closing {
		t.Fatalf("%+v", in)
	}
	spool := in[0].From.Actor
	if s, _ := one.Actor(spool); !ending(s) {
		t.Fatalf("%+v", s)
	}
	st.Old, st.Empty = &one, map[flow.ActorID]bool{"home:ward~2": true}
	if g := run(t, source, st); told(g, "home:ward") != "ward ward~2(ending)" {
		t.Fatalf("%+v", g)
	}
	st.Empty[spool] = true
	g := run(t, source, st)
	if _, there := g.Actor(spool); there || told(g, "home:ward") != "ward" {
		t.Fatalf("%+v", g)
	}
}

func TestQueueUnknown(t *testing.T) {
	if g, err := Run(home(map[string]any{"queue": "tape"}), specs, State{}); err == nil {
		t.Fatalf("expanded to %+v", g)
	}
}
