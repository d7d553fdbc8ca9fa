package meter

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Durations counts how long something took, by powers of two of a microsecond:
// bucket b counts what was below 2^b µs and not below half of that, the last one
// all that was longer (about 36 minutes). The zero value is empty. Any goroutine
// may add; it takes no lock.
type Durations struct {
	sum    atomic.Int64 // nanoseconds
	counts [32]atomic.Uint64
}

// Add counts one.
func (d *Durations) Add(took time.Duration) {
	took = max(0, took)
	d.sum.Add(int64(took))
	d.counts[min(bits.Len64(uint64(took.Microseconds())), len(d.counts)-1)].Add(1)
}

// Count is how many there were, and how long all of them took.
func (d *Durations) Count() (n uint64, sum time.Duration) {
	for i := range d.counts {
		n += d.counts[i].Load()
	}
	return n, time.Duration(d.sum.Load())
}

// Counts are the buckets.
func (d *Durations) Counts() (counts [32]uint64) {
	for i := range d.counts {
		counts[i] = d.counts[i].Load()
	}
	return counts
}

// Quantile is an upper bound, within a factor of two, of the q-th quantile,
// 0 ≤ q ≤ 1; 0 when nothing was counted.
func (d *Durations) Quantile(q float64) time.Duration {
	counts := d.Counts()
	var all, seen uint64
	for _, n := range counts {
		all += n
	}
	rank := uint64(q * float64(max(all, 1)-1))
	for b, n := range counts {
		if seen += n; seen > rank {
			return time.Duration(1<<b) * time.Microsecond
		}
	}
	return 0
}
