package play

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Streams are the same in virtual time, on one engine, and on two between which
// everything moves. Where Calvin leaves the order open, what is compared is what
// it does not: the order within each source.
func TestStreamsStayTheSame(t *testing.T) {
	for _, tt := range []struct {
		name string
		net  string
		open func([]flow.Value) any // what is compared of the sink "snk"; nil: all
	}{
		{"fan-out", `
			count: test.FiniteCounter start=1 steps=400
			sum: std.Sum
			snk: test.Sink quiet=true
			snk2: test.Sink quiet=true
			snk3: test.Sink quiet=true
			count.integer > sum.integer
			count.integer > snk2.token
			sum.integer > snk.token
			sum.integer > snk3.token`, nil},
		{"round-robin", `
			count: test.FiniteCounter start=1 steps=400
			snk: test.Sink quiet=true
			snk2: test.Sink quiet=true
			snk3: test.Sink quiet=true
			count.integer[out] routing="round-robin"
			count.integer > snk.token
			count.integer > snk2.token
			count.integer > snk3.token`, nil},
		{"random", `
			count: test.FiniteCounter start=1 steps=400
			snk: test.Sink quiet=true
			snk2: test.Sink quiet=true
			count.integer[out] routing="random"
			count.integer > snk.token
			count.integer > snk2.token`, nil},
		{"dispatch-mapped", `
			count: test.FiniteCounter start=1 steps=300
			count2: test.FiniteCounter start=1000 steps=300
			all: flow.CollectCompleteDict mapping={"x":"count.integer","y":"count2.integer"}
			apart: flow.DispatchDict mapping={"x":"snk.token","y":"snk2.token"}
			void: flow.Terminator
			snk: test.Sink quiet=true
			snk2: test.Sink quiet=true
			count.integer > all.token
			count2.integer > all.token
			all.dict > apart.dict
			apart.token > snk.token
			apart.token > snk2.token
			apart.default > void.void`, nil},
		{"collect-all-tagged", `
			count: test.FiniteCounter start=1 steps=300
			sum: std.Sum
			id: std.Identity
			snk: test.Sink quiet=true
			snk.token[in] routing="collect-all-tagged"
			count.integer > sum.integer
			count.integer > id.token
			sum.integer > snk.token
			id.token > snk.token
			count.integer > snk.token`, nil},
		{"collect-unordered", `
			count: test.FiniteCounter start=1 steps=300
			count2: test.FiniteCounter start=1000 steps=300
			snk: test.Sink quiet=true
			snk.token[in] routing="collect-unordered"
			count.integer > snk.token
			count2.integer > snk.token`, bySize},
		{"collect-tagged", `
			count: test.FiniteCounter start=1 steps=300
			count2: test.FiniteCounter start=1000 steps=300
			snk: test.Sink quiet=true
			snk.token[in] routing="collect-tagged"
			count.integer > snk.token
			count2.integer > snk.token`, byTag},
		{"collect-any-tagged", `
			count: test.FiniteCounter start=1 steps=300
			count2: test.FiniteCounter start=1000 steps=300
			snk: test.Sink quiet=true
			snk.token[in] routing="collect-any-tagged"
			count.integer > snk.token
			count2.integer > snk.token`, byTag},
		{"timers", `
			tick: std.CountTimer sleep=0.004 start=1 steps=20
			delay: std.ClassicDelay delay=0.002
			sum: std.Sum
			snk: test.Sink quiet=true
			tick.integer > delay.token
			delay.token > sum.integer
			sum.integer > snk.token`, nil},
		{"a feedback loop", `
			count: test.FiniteCounter start=1 steps=200
			init: flow.Init data=0
			add: math.Compute op="+"
			snk: test.Sink quiet=true
			count.integer > add.a
			init.out > add.b
			add.result > init.in
			add.result > snk.token`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			show := func(cfg Config) map[flow.ActorID]any {
				cfg.Graph, cfg.Seed = net(t, tt.net), 7
				all := map[flow.ActorID]any{}
				for id, vs := range run(t, cfg).Sinks {
					if all[id] = vs; tt.open != nil {
						all[id] = tt.open(vs)
					}
				}
				return all
			}
			want := show(Config{Virtual: true, Now: time.Now()})
			for _, migrate := range []bool{false, true} {
				if got := show(Config{Migrate: migrate}); !reflect.DeepEqual(got, want) {
					t.Errorf("migrate %v: %s", migrate, differs(got, want))
				}
			}
		})
	}
}

// differs says where streams begin to differ.
func differs(got, want map[flow.ActorID]any) string {
	for _, id := range slices.Sorted(maps.Keys(want)) {
		g, w := fmt.Sprint(got[id]), fmt.Sprint(want[id])
		at := 0
		for at < min(len(g), len(w)) && g[at] == w[at] {
			at++
		}
		if g != w {
			from := max(0, at-40)
			return fmt.Sprintf("%s took … %s, in virtual time … %s", id, g[from:min(len(g), at+40)], w[from:min(len(w), at+40)])
		}
	}
	return "other sinks"
}

// bySize tells two counters apart by their numbers.
func bySize(vs []flow.Value) any {
	streams := map[bool][]flow.Value{}
	for _, v := range vs {
		n, ok := v.(int64)
		if !ok {
			continue // the two ends of stream are alike
		}
		streams[n >= 1000] = append(streams[n >= 1000], v)
	}
	return streams
}

// byTag takes dictionaries apart, also those inside exceptions.
func byTag(vs []flow.Value) any {
	streams := map[string][]flow.Value{}
	for _, v := range vs {
		if e, ok := v.(flow.Exception); ok {
			v = e.Value
		}
		for tag, v := range v.(map[string]any) {
			streams[tag] = append(streams[tag], v)
		}
	}
	return streams
}

// Dead letters move with their actors.
func TestLettersMove(t *testing.T) {
	res := run(t, Config{Migrate: true, Graph: net(t, `
		count: test.FiniteCounter start=1 steps=3 repeat=false
		sum: std.Sum
		sum2: std.Sum
		snk: test.Sink quiet=true
		snk2: test.Sink quiet=true
		count.integer > sum.integer
		count.integer > sum2.integer
		sum.integer > snk.token
		sum2.integer > snk2.token`)})
	if len(res.Letters) != 2 {
		t.Fatalf("letters: %v, want one of each sum", res.Letters)
	}
	var who []string
	for _, l := range res.Letters {
		who = append(who, l.(map[string]any)["actor"].(string))
	}
	slices.Sort(who)
	if !slices.Equal(who, []string{"net:sum", "net:sum2"}) {
		t.Errorf("letters of %v", who)
	}
}
