package play

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A net is a graph written by hand: "name: type key=value …" lines, then
// "a.out > b.in" lines, and "a.port[side] key=value" for port properties.
func net(t *testing.T, text string) *flow.Graph {
	t.Helper()
	g := &flow.Graph{App: "net"}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		left, right, isLink := strings.Cut(line, " > ")
		name, rest, isActor := strings.Cut(line, ": ")
		switch {
		case line == "":
		case isLink:
			g.Links = append(g.Links, link(left, right))
		case isActor:
			typ, args, _ := strings.Cut(rest, " ")
			g.Actors = append(g.Actors, flow.Node{ID: flow.ActorID("net:" + name), Type: typ, Args: defaults(t, typ, args)})
		default:
			port, props, _ := strings.Cut(line, " ")
			setPort(t, g, port, props)
		}
	}
	slices.SortFunc(g.Actors, func(a, b flow.Node) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return g
}

func link(from, to string) flow.Link {
	f, _ := flow.ParseEndpoint("net:" + from)
	o, _ := flow.ParseEndpoint("net:" + to)
	return flow.Link{From: f, To: o, FromAs: from, ToAs: to}
}

func values(t *testing.T, text string) map[string]flow.Value {
	t.Helper()
	m := map[string]flow.Value{}
	for _, field := range strings.Fields(text) {
		k, v, _ := strings.Cut(field, "=")
		val, err := flow.UnmarshalValue([]byte(v))
		if err != nil {
			t.Fatalf("%s: %v", field, err)
		}
		m[k] = val
	}
	return m
}

func defaults(t *testing.T, typ, args string) map[string]flow.Value {
	t.Helper()
	m := values(t, args)
	spec := actors.All()[typ].Spec
	for _, a := range spec.Args {
		if _, given := m[a.Name]; !given && !a.Required {
			m[a.Name] = a.Default
		}
	}
	return m
}

func setPort(t *testing.T, g *flow.Graph, port, props string) {
	t.Helper()
	at, side, _ := strings.Cut(strings.TrimSuffix(port, "]"), "[")
	e, err := flow.ParseEndpoint("net:" + at)
	if err != nil {
		t.Fatal(err)
	}
	for i := range g.Actors {
		if n := &g.Actors[i]; n.ID == e.Actor {
			if n.Ports == nil {
				n.Ports = map[string]map[string]any{}
			}
			n.Ports[side+":"+e.Port] = values(t, props)
			return
		}
	}
	t.Fatalf("%s: declare the actor first", port)
}

func run(t *testing.T, cfg Config) Result {
	t.Helper()
	cfg.Types = actors.All()
	if cfg.Capability == nil {
		cfg.Capability = func(_ flow.ActorID, name string) (any, error) { return nil, fmt.Errorf("no capability %s", name) }
	}
	res, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// A script that comes to an end does so by itself, and shows what its sinks
// took.
func TestRunEndsAtRest(t *testing.T) {
	for _, migrate := range []bool{false, true} {
		res := run(t, Config{Migrate: migrate, Graph: net(t, `
			count: test.FiniteCounter start=1 steps=5
			sum: std.Sum
			snk: test.Sink quiet=true
			silent: test.Sink quiet=true active=false
			count.integer > sum.integer
			sum.integer > snk.token
			sum.integer > silent.token`)})
		want := map[flow.ActorID][]flow.Value{"net:silent": {}, "net:snk": {int64(1), int64(3), int64(6), int64(10), int64(15)}}
		if !reflect.DeepEqual(res.Sinks, want) || !strings.Contains(res.Ended, "nothing can fire") {
			t.Errorf("migrate %v: %q with %v, want %v", migrate, res.Ended, res.Sinks, want)
		}
		if len(res.Letters) != 1 || len(res.Stopped) != 0 {
			t.Errorf("migrate %v: letters %v, stopped %v; want the one about the end of the stream", migrate, res.Letters, res.Stopped)
		}
	}
}

// With --for, or when it is interrupted, an endless script ends, too.
func TestRunEnds(t *testing.T) {
	endless := func() *flow.Graph {
		return net(t, `
			src: std.Constant data=1
			snk: test.Sink quiet=true
			src.token > snk.token`)
	}
	for _, migrate := range []bool{false, true} {
		if res := run(t, Config{Graph: endless(), For: 50 * time.Millisecond, Migrate: migrate}); len(res.Sinks["net:snk"]) == 0 {
			t.Errorf("migrate %v: nothing came in %s", migrate, res.Ended)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		res, err := Run(ctx, Config{Graph: endless(), Types: actors.All(), Migrate: migrate,
			Capability: func(flow.ActorID, string) (any, error) { return nil, nil }})
		if err != nil || !strings.HasPrefix(res.Ended, "it was interrupted") {
			t.Errorf("migrate %v: %q, %v", migrate, res.Ended, err)
		}
	}
}

// Timers hold a run up; in a bubble of virtual time it takes none.
func TestRunWaitsForTimers(t *testing.T) {
	for _, migrate := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			res := run(t, Config{Migrate: migrate, Graph: net(t, `
				tick: std.CountTimer sleep=0.05 start=1 steps=3
				snk: test.Sink quiet=true
				tick.integer > snk.token`)})
			want := []flow.Value{int64(1), int64(2), int64(3)}
			if !reflect.DeepEqual(res.Sinks["net:snk"], want) {
				t.Errorf("migrate %v: %v, want %v", migrate, res.Sinks["net:snk"], want)
			}
			if d := time.Since(begin).Round(10 * time.Millisecond); d != 150*time.Millisecond {
				t.Errorf("migrate %v: it took %v, want 150 ms", migrate, d)
			}
		})
	}
}

// A run has no goroutine left when it is over.
func TestRunLeavesNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble itself waits for the last one
		run(t, Config{Migrate: true, For: 100 * time.Millisecond, Graph: net(t, `
			tick: std.Trigger tick=0.01 data=1
			snk: test.Sink quiet=true
			tick.data > snk.token`)})
	})
}

// What holds something of this process stays where it is, and the result says
// so.
func TestWhatIsHeldStays(t *testing.T) {
	types := actors.All()
	types["test.Held"] = flow.Type{Spec: flow.Spec{Name: "test.Held", In: []flow.Port{{Name: "in"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &held{}, nil }}
	g := net(t, `
		src: test.FiniteCounter steps=3
		held: test.Held
		src.integer > held.in`)
	res, err := Run(t.Context(), Config{Graph: g, Types: types, Migrate: true,
		Capability: func(flow.ActorID, string) (any, error) { return nil, nil }})
	if err != nil {
		t.Fatal(err)
	}
	if want := map[flow.ActorID]string{"net:held": "it holds the door"}; !reflect.DeepEqual(res.Stayed, want) {
		t.Errorf("stayed %v, want %v", res.Stayed, want)
	}
}

// held counts its starts.
type held struct{ starts int }

func (h *held) Holds() string { return "it holds the door" }

func (h *held) Start(flow.Env) error {
	if h.starts++; h.starts > 1 {
		panic("it was moved")
	}
	return nil
}

func (h *held) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Exceptions: true, Fire: func(*flow.Firing) error { return nil }}}
}
