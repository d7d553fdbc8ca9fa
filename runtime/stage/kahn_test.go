package stage_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/stage"
)

// This file holds an interpreter of graphs that is too simple to be wrong: a
// Kahn process network whose channels have limits. Such a network has one
// result, whatever the order in which its processes run, so it may sweep over
// them in any. It shares nothing with the stage but the graph.

// A channel is one link.
type channel struct {
	values []flow.Value
	limit  int
}

// A process is one actor of the interpreter.
type process struct {
	typ   string
	args  map[string]flow.Value
	n     int64
	in    map[string][]*channel
	tags  map[string][]string
	out   map[string][]*channel
	round map[string]bool // out-ports that deal their tokens out
	dealt map[string]int
	gave  []flow.Value // on "out"
}

func (p *process) has(ports ...string) bool {
	for _, port := range ports {
		if len(p.in[port]) == 0 {
			return false
		}
		for _, c := range p.in[port] {
			if len(c.values) == 0 {
				return false
			}
		}
	}
	return true
}

func (p *process) take(port string) flow.Value {
	all := map[string]any{}
	var v flow.Value
	for i, c := range p.in[port] {
		v, c.values = c.values[0], c.values[1:]
		all[p.tags[port][i]] = v
	}
	if len(p.in[port]) > 1 { // it collects all
		return all
	}
	return v
}

func (p *process) room(ports ...string) bool {
	for _, port := range ports {
		for i, c := range p.out[port] {
			if (!p.round[port] || i == p.dealt[port]) && len(c.values) >= c.limit {
				return false
			}
		}
	}
	return true
}

func (p *process) give(port string, v flow.Value) {
	if port == "out" {
		p.gave = append(p.gave, v)
	}
	for i, c := range p.out[port] {
		if !p.round[port] || i == p.dealt[port] {
			c.values = append(c.values, v)
		}
	}
	if len(p.out[port]) > 0 {
		p.dealt[port] = (p.dealt[port] + 1) % len(p.out[port])
	}
}

// fire does one step of the process, if it can.
func (p *process) fire() bool {
	pass := func(port string, after int64) bool {
		ok := p.has(port) && p.room("out")
		if ok {
			p.n = after
			p.give("out", flat(p.take(port)))
		}
		return ok
	}
	switch p.typ {
	case "limited":
		if p.n >= p.args["steps"].(int64) || !p.room("out") {
			return false
		}
		p.n++
		p.give("out", p.n)
		return true
	case "same":
		return pass("in", 0)
	case "alternate":
		return pass([]string{"a", "b"}[p.n], 1-p.n)
	case "init":
		if p.n == 1 {
			return pass("in", 1)
		}
		if !p.room("out") {
			return false
		}
		p.n = 1
		p.give("out", p.args["data"])
		return true
	case "deselect":
		if p.n > 0 {
			return pass([]string{"a", "b"}[p.n-1], 0)
		}
		if !p.has("select") {
			return false
		}
		p.n = 1 + even(p.take("select"))
		return true
	case "select":
		if !p.has("select", "data") || !p.room("odd", "even") {
			return false
		}
		p.give([]string{"odd", "even"}[even(p.take("select"))], flat(p.take("data")))
		return true
	case "zip":
		if !p.has("a", "b") || !p.room("out") {
			return false
		}
		p.give("out", 31*number(p.take("a"))+number(p.take("b")))
		return true
	}
	if !p.has("in") || !p.room("out") {
		return false
	}
	v := p.take("in")
	switch p.typ {
	case "sum":
		p.n += number(v)
		p.give("out", p.n)
	case "constantify":
		p.give("out", p.args["constant"])
	}
	return true
}

// interpret is what each actor gives on its port out; not ok, if a loop goes on
// and on.
func interpret(g *flow.Graph) (gave map[flow.ActorID][]flow.Value, ok bool) {
	ps := map[flow.ActorID]*process{}
	for _, n := range g.Actors {
		ps[n.ID] = &process{typ: n.Type, args: n.Args, in: map[string][]*channel{}, tags: map[string][]string{},
			out: map[string][]*channel{}, dealt: map[string]int{},
			round: map[string]bool{"out": n.Ports["out:out"]["routing"] == "round-robin"}}
	}
	for _, l := range g.Links {
		from, to := ps[l.From.Actor], ps[l.To.Actor]
		c := &channel{limit: lengthOf(g, l.From, "out") + lengthOf(g, l.To, "in")}
		from.out[l.From.Port] = append(from.out[l.From.Port], c)
		to.in[l.To.Port] = append(to.in[l.To.Port], c)
		to.tags[l.To.Port] = append(to.tags[l.To.Port], l.Tag)
	}
	ids := slices.Sorted(maps.Keys(ps))
	for firings, moved := 0, true; moved; {
		moved = false
		for _, id := range ids {
			for ps[id].fire() {
				moved = true
				if firings++; firings > 5000 {
					return nil, false
				}
			}
		}
	}
	gave = map[flow.ActorID][]flow.Value{}
	for id, p := range ps {
		gave[id] = p.gave
	}
	return gave, true
}

func lengthOf(g *flow.Graph, e flow.Endpoint, side string) int {
	n, _ := g.Actor(e.Actor)
	if l, ok := n.Ports[side+":"+e.Port]["queue_length"].(int64); ok {
		return int(l)
	}
	return 4
}

// shapes are the in-ports and out-ports of the types that graphs are made of.
var shapes = []struct {
	typ     string
	in, out []string
}{
	{"same", ins, outs}, {"sum", ins, outs}, {"constantify", ins, outs}, {"init", ins, outs},
	{"alternate", []string{"a", "b"}, outs}, {"zip", []string{"a", "b"}, outs},
	{"deselect", []string{"select", "a", "b"}, outs}, {"select", []string{"select", "data"}, []string{"odd", "even"}},
}

// randomGraph has finite sources, actors that route without chance, fan-out,
// dealt-out and collecting ports, queues of any length, and loops that an init
// primes.
func randomGraph(rng *rand.Rand) *flow.Graph {
	g := &flow.Graph{App: "app"}
	var open []string // out-ports, to be linked from
	add := func(typ string, out []string) string {
		id := fmt.Sprint(typ, len(g.Actors))
		n := node(id, typ, map[string]flow.Value{"steps": int64(rng.IntN(40)), "constant": "c", "data": int64(7)})
		n.Ports = map[string]map[string]any{}
		for _, p := range out {
			open = append(open, id+"."+p)
		}
		g.Actors = append(g.Actors, n)
		return id
	}
	ports := func(id, key, prop string, v any) {
		for _, n := range g.Actors {
			if n.ID == flow.ActorID("app:"+id) {
				if n.Ports[key] == nil {
					n.Ports[key] = map[string]any{}
				}
				n.Ports[key][prop] = v
			}
		}
	}
	for range 1 + rng.IntN(3) {
		add("limited", outs)
	}
	var loops []string
	for range 2 + rng.IntN(10) {
		s := shapes[rng.IntN(len(shapes))]
		before := slices.Clone(open)
		id := add(s.typ, s.out)
		for _, p := range s.in {
			if s.typ == "init" && rng.IntN(2) == 0 {
				loops = append(loops, id+".in")
				continue
			}
			g.Links = append(g.Links, link(before[rng.IntN(len(before))], id+"."+p))
			if second := before[rng.IntN(len(before))]; rng.IntN(4) == 0 && second != g.Links[len(g.Links)-1].FromAs {
				g.Links = append(g.Links, link(second, id+"."+p))
				ports(id, "in:"+p, "routing", "collect-all-tagged")
			}
			if rng.IntN(4) == 0 {
				ports(id, "in:"+p, "queue_length", int64(1+rng.IntN(6)))
			}
		}
		if s.out[0] == "out" && rng.IntN(4) == 0 {
			ports(id, "out:out", "routing", "round-robin")
		}
		if rng.IntN(4) == 0 {
			ports(id, "out:out", "queue_length", int64(1+rng.IntN(6)))
		}
	}
	for _, in := range loops {
		g.Links = append(g.Links, link(open[rng.IntN(len(open))], in))
	}
	return g
}

func show(g *flow.Graph) string {
	var b strings.Builder
	for _, n := range g.Actors {
		fmt.Fprintf(&b, "%s %v %v\n", n.ID, n.Args["steps"], n.Ports)
	}
	for _, l := range g.Links {
		fmt.Fprintln(&b, l.ID())
	}
	return b.String()
}

// Where no routing leaves anything to chance, neither the schedule nor any
// number of migrations changes what a graph gives: it is what the interpreter
// says.
func TestScheduleChangesNothing(t *testing.T) {
	graphs, tokens, moves := 0, 0, 0
	for seed := range uint64(400) {
		g := randomGraph(rand.New(rand.NewPCG(seed, 0)))
		want, ok := interpret(g)
		if !ok {
			continue
		}
		graphs++
		for schedule := range uint64(5) {
			cfg := stage.Config{Graph: g, Types: types(), Seed: schedule}
			if schedule%2 == 1 {
				cfg.Migrate = 1 + int(schedule)
			}
			for _, n := range g.Actors {
				cfg.Watch = append(cfg.Watch, flow.Endpoint{Actor: n.ID, Port: "out"})
			}
			s := start(t, cfg)
			if end := s.Run(t.Context(), s.Now().Add(time.Second), nil); end != stage.AtRest {
				t.Fatalf("seed %d, schedule %d: ends because %s\n%s", seed, schedule, end, show(g))
			}
			if len(s.Letters()) > 0 || len(s.Stopped()) > 0 {
				t.Fatalf("seed %d, schedule %d: letters %v, stopped %v\n%s", seed, schedule, s.Letters(), s.Stopped(), show(g))
			}
			for _, n := range g.Actors {
				got := s.Given(flow.Endpoint{Actor: n.ID, Port: "out"})
				if fmt.Sprint(got) != fmt.Sprint(want[n.ID]) {
					t.Fatalf("seed %d, schedule %d: %s gives\n%v, want\n%v\n%s", seed, schedule, n.ID, got, want[n.ID], show(g))
				}
				tokens += len(got)
			}
			moves += s.Moves()
			s.Close()
		}
	}
	t.Logf("%d graphs, %d tokens, %d migrations", graphs, tokens, moves)
	if graphs < 200 || tokens < 100_000 || moves < 10_000 {
		t.Errorf("the graphs are too tame: %d graphs, %d tokens, %d migrations", graphs, tokens, moves)
	}
}
