package sim

import (
	"flag"
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
	seeds = flag.Uint64("seeds", 300, "how many seeds TestSeeds runs")
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
				s := next.Add(1) - 1
				if s >= *seeds || t.Failed() {
					return
				}
				if r := Run(Config{Seed: s}); r.Violation != nil {
					t.Errorf("seed %d: %v\nreplay: go test ./runtime/sim -run 'TestSeed$' -seed %d -story -v", s, r.Violation, s)
				}
			}
		})
	}
	wg.Wait()
}
