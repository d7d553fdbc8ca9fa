package tap

import (
	"math/rand/v2"
	"testing"
	"time"
)

var begin = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// In no second are more than twenty shown, and of a link that has no more in any
// second, all.
func TestSamplerShowsAtMostTwentyASecond(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 7))
		var all, shown []time.Time
		var s sampler
		now := begin
		pace := time.Duration(1+rng.IntN(400)) * time.Millisecond
		for range 400 {
			if rng.IntN(4) > 0 { // else at the same moment
				now = now.Add(time.Duration(rng.Int64N(int64(2 * pace))))
			}
			all = append(all, now)
			if s.take(now) {
				shown = append(shown, now)
			}
		}
		if n := most(shown); n > PerSecond {
			t.Fatalf("seed %d: %d are shown within a second, want at most %d", seed, n, PerSecond)
		}
		if most(all) <= PerSecond && len(shown) != len(all) {
			t.Fatalf("seed %d: %d of %d are shown though never more than %d came in a second", seed, len(shown), len(all), most(all))
		}
	}
}

// Of a busy link what is shown is spread over the time.
func TestSamplerSpreadsWhatItShows(t *testing.T) {
	var s sampler
	var shown []time.Time
	for i := range 5000 {
		if now := begin.Add(time.Duration(i) * time.Millisecond); s.take(now) {
			shown = append(shown, now)
		}
	}
	for i := 1; i < len(shown); i++ {
		if gap := shown[i].Sub(shown[i-1]); shown[i].After(begin.Add(2*time.Second)) && gap > 2*time.Second/PerSecond {
			t.Errorf("nothing is shown between %v and %v of 1,000 a second", shown[i-1].Sub(begin), shown[i].Sub(begin))
		}
	}
	if len(shown) < 90 {
		t.Errorf("%d of five busy seconds are shown, want about 100", len(shown))
	}
}

// most is the largest number of moments within one second.
func most(at []time.Time) int {
	n, first := 0, 0
	for i := range at {
		for at[i].Sub(at[first]) >= time.Second {
			first++
		}
		n = max(n, i-first+1)
	}
	return n
}
