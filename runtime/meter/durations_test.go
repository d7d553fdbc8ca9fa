package meter_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/meter"
)

// Whatever the durations, a quantile is at least the true one and below twice of it.
func TestQuantiles(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var d meter.Durations
		var all []time.Duration
		var sum time.Duration
		for range 1 + rng.IntN(50) {
			took := time.Duration(1+rng.Int64N(1<<uint(rng.IntN(22)))) * time.Microsecond
			d.Add(took)
			all = append(all, took)
			sum += took
		}
		slices.Sort(all)
		if n, got := d.Count(); n != uint64(len(all)) || got != sum {
			t.Fatalf("seed %d: %d in %s, want %d in %s", seed, n, got, len(all), sum)
		}
		for _, q := range []float64{0, 0.5, 0.99, 1} {
			truth := all[int(q*float64(len(all)-1))]
			if got := d.Quantile(q); got < truth || got > 2*truth {
				t.Fatalf("seed %d: quantile %g is %s, the true one %s", seed, q, got, truth)
			}
		}
	}
}

func TestDurationsAtTheEnds(t *testing.T) {
	var d meter.Durations
	if d.Quantile(1) != 0 {
		t.Errorf("the longest of none took %s", d.Quantile(1))
	}
	for _, took := range []time.Duration{-time.Second, 0, 10000 * time.Hour} {
		d.Add(took) // must not go beyond the buckets
	}
	if n, _ := d.Count(); n != 3 {
		t.Errorf("%d were counted, want 3", n)
	}
}
