package engine_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
)

// held is a sink that holds something of the world while it is told to.
type held struct {
	got
	what string
}

func (h *held) Holds() string { return h.what }

// linkStat is the sender's end of a link.
func (p *plant) linkStat(id flow.LinkID) engine.LinkStat {
	_, links := p.eng.Stats()
	i := slices.IndexFunc(links, func(l engine.LinkStat) bool { return l.Out && l.ID == id })
	if i < 0 {
		p.t.Fatalf("link %s has no sender here", id)
	}
	return links[i]
}

// A replica that is ending gets nothing new, does what it was given, and is
// empty when all of that is settled and it holds nothing.
func TestAnEndingReplicaRunsEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := &got{}, &held{}
		stopped := true
		var links []flow.Link
		p := &plant{t: t, window: 64,
			types: flow.Types{
				"test.Source": {New: func(map[string]flow.Value) (flow.Actor, error) { return &source{limit: 200}, nil }},
				"test.First":  {New: func(map[string]flow.Value) (flow.Actor, error) { return first, nil }},
				"test.Second": {New: func(map[string]flow.Value) (flow.Actor, error) { return gated{second, &stopped}, nil }},
			},
			nodes: []flow.Node{{ID: "app:a", Type: "test.Source", Ports: map[string]map[string]any{"out:out": {"routing": "round-robin"}}},
				{ID: "app:b", Type: "test.First"}, {ID: "app:b~2", Type: "test.Second"}}}
		links = []flow.Link{wire(t, "app:a.out > app:b.in"), wire(t, "app:a.out > app:b~2.in")}
		p.links = links
		p.start()
		p.settle() // a waits for the second, which takes nothing
		given := p.linkStat(links[1].ID()).Held
		if given != 64 {
			t.Fatalf("the second replica was given %d tokens, want a window of 64", given)
		}
		p.close()
		p.links[1].Closing = true
		p.nodes[2].Replica = &flow.Replica{Of: "app:b", Number: 2, Ending: true}
		second.what = "an open connection"
		p.start()
		p.settle()
		if p.stat("app:b~2").Empty || p.linkStat(links[1].ID()).Held != given {
			t.Error("the replica is empty although it has taken nothing of what it was given")
		}
		if len(first.values) != 200-given {
			t.Errorf("the other took %d tokens, want %d", len(first.values), 200-given)
		}
		stopped = false
		p.close()
		p.start()
		p.settle()
		if p.stat("app:b~2").Empty {
			t.Error("the replica is empty although it holds a connection")
		}
		second.what = ""
		if s := p.linkStat(links[1].ID()); !s.Closing || s.Held != 0 || !p.stat("app:b~2").Empty || !p.eng.Empty("app:b~2") {
			t.Errorf("the replica is not empty in the end: its link holds %d", s.Held)
		}
		if len(second.values) != given || p.stat("app:b").Empty {
			t.Errorf("the ending one took %d tokens, want %d; the other is empty: %v", len(second.values), given, p.stat("app:b").Empty)
		}
		p.close()
	})
}

// gated takes nothing while stopped.
type gated struct {
	*held
	stopped *bool
}

func (g gated) Actions() []flow.Action {
	acts := g.held.Actions()
	acts[0].Guard = func() bool { return !*g.stopped }
	return acts
}

// A source that is ending fires no more.
func TestAnEndingSourceGivesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, sink := adder(t, "", nil, ints(1, 2, 3)...)
		p.nodes[0].Replica = &flow.Replica{Of: "app:a", Number: 1, Ending: true}
		p.start()
		time.Sleep(time.Second)
		synctest.Wait()
		if len(sink.values) != 0 || !p.eng.Empty("app:a") {
			t.Errorf("c took %v, a is empty: %v; want nothing and true", sink.values, p.eng.Empty("app:a"))
		}
		p.close()
	})
}

// A gatherer adds up what it takes, and gives the sum when it is told to finish.
type gatherer struct {
	sum    int64
	due    bool
	told   int
	panics bool
}

func (g *gatherer) Finish() {
	g.told++
	if g.panics {
		panic("can't finish")
	}
	g.due = true
}

func (g *gatherer) Actions() []flow.Action {
	return []flow.Action{
		{In: []string{"in"}, Fire: func(f *flow.Firing) error { g.sum += f.In[0].Value.(int64); return nil }},
		{Out: []string{"out"}, Guard: func() bool { return g.due }, Fire: func(f *flow.Firing) error {
			g.due = false
			f.Give(0, g.sum)
			return nil
		}},
	}
}

// An actor that gathers is told when no token will come any more, and again if
// one has come after all; not before, and not over and over.
func TestFinishersAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, sink := &gatherer{}, &got{}
		p := &plant{t: t,
			types: flow.Types{
				"test.Give":   {New: func(map[string]flow.Value) (flow.Actor, error) { return &gives{list: ints(1, 2, 3, 4)}, nil }},
				"test.Gather": {New: func(map[string]flow.Value) (flow.Actor, error) { return g, nil }},
				"test.Got":    {New: func(map[string]flow.Value) (flow.Actor, error) { return sink, nil }},
			},
			nodes: []flow.Node{{ID: "app:a", Type: "test.Give"}, {ID: "app:b", Type: "test.Gather"}, {ID: "app:c", Type: "test.Got"}},
			links: []flow.Link{wire(t, "app:a.out > app:b.in"), wire(t, "app:b.out > app:c.in")}}
		p.start()
		p.settle()
		if g.told != 0 || g.sum != 10 {
			t.Fatalf("told %d times with its link open and the sum %d, want none and 10", g.told, g.sum)
		}
		p.links[0].Closing = true
		for _, n := range p.nodes[:2] {
			if err := p.eng.Rewire(t.Context(), activation(n, p.links)); err != nil {
				t.Fatal(err)
			}
		}
		p.settle()
		if g.told != 1 || !slices.Equal(sink.values, ints(10)) || !p.eng.Empty("app:b") {
			t.Errorf("told %d times, and c took %v; want once and 10, and b empty", g.told, sink.values)
		}
		p.links[0].Closing = false
		for _, n := range p.nodes[:2] {
			if err := p.eng.Rewire(t.Context(), activation(n, p.links)); err != nil {
				t.Fatal(err)
			}
		}
		p.settle()
		p.close()
		if g.told != 1 {
			t.Errorf("told %d times although nothing has come since, want once", g.told)
		}
	})
}

// A Finish that panics is a fault, and harms nobody else.
func TestAFinishThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gatherer{panics: true}
		p, _ := adder(t, "", nil, ints(1, 2)...)
		p.types["test.Got"] = flow.Type{New: func(map[string]flow.Value) (flow.Actor, error) { return g, nil }}
		p.links[1].Closing = true
		p.start()
		time.Sleep(time.Second)
		synctest.Wait()
		if s := p.stat("app:c"); s.Errors == 0 || s.State != engine.Faulted {
			t.Errorf("it has %d errors and is %s, want a fault", s.Errors, s.State)
		}
		p.close()
	})
}
