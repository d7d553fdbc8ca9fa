package engine_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/tap"
)

// instant keeps nothing: what is measured is the engine.
type instant struct{}

func (instant) Commit(context.Context, []flow.Checkpoint) ([]flow.ActorID, error) { return nil, nil }

// counting counts what it gets; all sinks of a benchmark share what is left.
type counting struct {
	left *atomic.Int64
	done chan struct{}
}

func countdown(n int) counting {
	c := counting{left: new(atomic.Int64), done: make(chan struct{})}
	c.left.Store(int64(n))
	return c
}

func (c counting) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Fire: func(*flow.Firing) error {
		if c.left.Add(-1) == 0 {
			close(c.done)
		}
		return nil
	}}}
}

// same gives what it takes.
type same struct{}

func (same) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		f.Give(0, f.In[0].Value)
		return nil
	}}}
}

// A course is a graph each of whose links carries b.N tokens. A hop is one token over one link: numbered, queued, held until it is
// settled, its queues accounted for, its place in a step.
type course struct {
	nodes  []flow.Node
	links  []string
	arrive int // tokens that reach sinks, for each of a source
	queue  int // of each port; 0: the engine's own
	direct bool
	tapped bool // each link, by somebody who reads nothing
}

// actors are nodes of a type, by their names.
func actors(typ string, names ...string) (nodes []flow.Node) {
	for _, n := range names {
		nodes = append(nodes, flow.Node{ID: flow.ActorID("app:" + n), Type: "test." + typ,
			Ports: map[string]map[string]any{"in:in": {"routing": "collect-unordered"}}})
	}
	return nodes
}

func (c course) run(b *testing.B) {
	sink := countdown(b.N * c.arrive)
	eng, err := engine.New(engine.Config{Checkpoints: instant{}, Queue: c.queue, Direct: c.direct,
		Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return },
		Types: flow.Types{
			"test.Source": {New: func(map[string]flow.Value) (flow.Actor, error) { return &source{limit: int64(b.N)}, nil }},
			"test.Same":   {New: func(map[string]flow.Value) (flow.Actor, error) { return same{}, nil }},
			"test.Count":  {New: func(map[string]flow.Value) (flow.Actor, error) { return sink, nil }},
		}})
	if err != nil {
		b.Fatal(err)
	}
	defer eng.Close()
	var links []flow.Link
	for _, l := range c.links {
		wired, err := flow.ParseLinkID(flow.LinkID(l))
		if err != nil {
			b.Fatal(err)
		}
		links = append(links, wired)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for n := len(c.nodes) - 1; n >= 0; n-- {
		if err := eng.Start(b.Context(), activation(c.nodes[n], links)); err != nil {
			b.Fatal(err)
		}
	}
	for _, l := range links {
		if c.tapped {
			if _, err := eng.Watch(l.ID(), tap.New()); err != nil {
				b.Fatal(err)
			}
		}
	}
	<-sink.done
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(c.links)), "ns/hop")
}

// BenchmarkHops reports ns/hop: the time that a course takes by all the tokens
// of all its links. Its actors share the cores.
func BenchmarkHops(b *testing.B) {
	line := append(append(actors("Source", "a"), actors("Same", "b")...), actors("Count", "c")...)
	lineLinks := []string{"app:a.out > app:b.in", "app:b.out > app:c.in"}
	var long course
	long.nodes, long.arrive = actors("Source", "a0"), 1
	for n := range 9 {
		long.nodes = append(long.nodes, actors("Same", fmt.Sprintf("a%d", n+1))...)
		long.links = append(long.links, fmt.Sprintf("app:a%d.out > app:a%d.in", n, n+1))
	}
	long.nodes = append(long.nodes, actors("Count", "z")...)
	long.links = append(long.links, "app:a9.out > app:z.in")
	one := long
	one.nodes, one.links = append(actors("Source", "a"), actors("Count", "z")...), []string{"app:a.out > app:z.in"}
	out, in := course{nodes: actors("Source", "a"), arrive: 4}, course{arrive: 4}
	for _, n := range []string{"w", "x", "y", "z"} {
		out.nodes = append(out.nodes, actors("Count", n)...)
		out.links = append(out.links, "app:a.out > app:"+n+".in")
		in.nodes = append(in.nodes, actors("Source", n)...)
		in.links = append(in.links, "app:"+n+".out > app:c.in")
	}
	in.nodes = append(in.nodes, actors("Count", "c")...)
	calvins := course{nodes: line, links: lineLinks, arrive: 1, queue: 4}
	near := course{nodes: line, links: lineLinks, arrive: 1, direct: true}
	b.Run("1 link", one.run)
	b.Run("2 links", course{nodes: line, links: lineLinks, arrive: 1}.run)
	b.Run("10 links", long.run)
	b.Run("fan-out 4", out.run)
	b.Run("fan-in 4", in.run)
	b.Run("2 links, Calvin's queues", calvins.run)
	b.Run("2 links, direct commits", near.run)
	b.Run("2 links, tapped", course{nodes: line, links: lineLinks, arrive: 1, tapped: true}.run)
}
