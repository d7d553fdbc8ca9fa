package engine

import (
	"math/bits"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Ages is a histogram of durations: bucket b counts those below 2^b µs and not
// below half of that, the last bucket all that are longer (about 36 minutes).
type Ages [32]uint64

func (a *Ages) add(d time.Duration, n int) {
	a[min(bits.Len64(uint64(max(0, d.Microseconds()))), len(a)-1)] += uint64(n)
}

// addAll counts how old tokens are at the time now. Those of one firing, or of
// one turn, are made at the same time and stand together.
func (a *Ages) addAll(ts []flow.Token, now time.Time) {
	for first := 0; first < len(ts); {
		made := ts[first].Made
		next := first + 1
		for next < len(ts) && ts[next].Made == made {
			next++
		}
		a.add(now.Sub(made), next-first)
		first = next
	}
}

// Merge adds the counts of b.
func (a *Ages) Merge(b Ages) {
	for i, n := range b {
		a[i] += n
	}
}

// Quantile is an upper bound, within a factor of two, of the q-th quantile,
// 0 ≤ q ≤ 1; 0 when nothing was counted.
func (a *Ages) Quantile(q float64) time.Duration {
	var all uint64
	for _, n := range a {
		all += n
	}
	if all == 0 {
		return 0
	}
	rank := uint64(q * float64(all-1))
	var seen uint64
	for b, n := range a {
		if seen += n; seen > rank {
			return time.Duration(1<<b) * time.Microsecond
		}
	}
	return 0
}
