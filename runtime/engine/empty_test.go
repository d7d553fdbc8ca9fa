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
