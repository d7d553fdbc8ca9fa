package sim

import (
	"flag"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

var (
	seed  = flag.Uint64("seed", 0, "the one seed of TestSeed")
	story = flag.Bool("story", false, "tell what happens in TestSeed")
	from  = flag.Uint64("from", 0, "the first seed of TestSeeds")
	seeds = flag.Uint64("seeds", usual, "how many seeds TestSeeds runs; make sim runs 10,000")
)

// One seed, told as a story if wanted: what a failure of TestSeeds is replayed
// with.
func TestSeed(t *testing.T) {
	r := Run(Config{Seed: *seed, Story: *story})
	if *story {
		t.Logf("seed %d:\n%s", *seed, strings.Join(r.Story, "\n"))
	}
	t.Logf("%d events in %v: %d readings, %d activations, %d moves, %d steps kept, %d refused, %d tokens sent",
		r.Events, r.Took, r.Readings, r.Activations, r.Moves, r.Steps, r.Stale, r.Tokens)
	if r.Violation != nil {
		t.Fatalf("seed %d: %v", *seed, r.Violation)
	}
}

// Whatever the seed, what must hold holds.
func TestSeeds(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // many small worlds, thrown away one after the other
	var next atomic.Uint64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				n := next.Add(1) - 1
				if n >= *seeds || t.Failed() {
					return
				}
				s := *from + n
				if r := Run(Config{Seed: s}); r.Violation != nil {
					t.Errorf("seed %d: %v\nreplay: go test ./runtime/sim -run 'TestSeed$' -seed %d -story -v", s, r.Violation, s)
				}
			}
		})
	}
	wg.Wait()
}

// The same seed gives the same world, event by event, so that a failure can be
// replayed.
func TestRepeatable(t *testing.T) {
	for s := range uint64(12) {
		a, b := Run(Config{Seed: s, Story: true}), Run(Config{Seed: s, Story: true})
		if !reflect.DeepEqual(a, b) {
			for i := range a.Story {
				if i >= len(b.Story) || a.Story[i] != b.Story[i] {
					t.Fatalf("seed %d: two runs differ from line %d on: %q", s, i, a.Story[i])
				}
			}
			t.Fatalf("seed %d: two runs differ: %+v and %+v", s, a.Events, b.Events)
		}
	}
}

// What the seeds live through is worth something: in a hundred of them every
// kind of thing happens many times.
func TestEventful(t *testing.T) {
	var all Report
	for s := range uint64(40) {
		r := Run(Config{Seed: s})
		all.Readings += r.Readings
		all.Activations += r.Activations
		all.Moves += r.Moves
		all.Steps += r.Steps
		all.Stale += r.Stale
		all.Tokens += r.Tokens
	}
	if all.Readings < 2000 || all.Activations < 300 || all.Moves < 200 || all.Steps < 4000 || all.Stale < 5 || all.Tokens < 8000 {
		t.Fatalf("forty seeds were too quiet: %+v", all)
	}
}
