package node

import (
	"cmp"
	"slices"
	"time"
)

// An asking is one question for a peer's clock: when it left and its answer
// came by this node's clock, and when the peer had it and answered by its own.
type asking struct {
	left, had, answered, came time.Time
}

// rtt is how long the question and its answer were on the way.
func (a asking) rtt() time.Duration {
	return max(0, a.came.Sub(a.left)-a.answered.Sub(a.had))
}

// skew is how far the peer's clock is ahead of this node's, if both ways took
// the same: it is wrong by at most half of rtt (RFC 5905, section 8). Wall
// clocks are compared here, so what is monotonic in the times is left out.
func (a asking) skew() time.Duration {
	there := a.had.Round(0).Sub(a.left.Round(0))
	back := a.answered.Round(0).Sub(a.came.Round(0))
	return (there + back) / 2
}

// Askings that are older say nothing any more, since clocks drift and are set;
// and of how many the best is taken.
const (
	askingsFor  = time.Minute
	askingsMost = 8
)

// askings are the last ones of one peer, oldest first.
type askings []asking

// with adds one and forgets those that are too old or too many.
func (as askings) with(a asking) askings {
	as = slices.DeleteFunc(as, func(o asking) bool { return a.came.Sub(o.came) > askingsFor })
	as = append(as, a)
	return as[max(0, len(as)-askingsMost):]
}

// best is the one that was the shortest on the way: what lengthened the others
// was queues, and they falsify the skew (RFC 5905, section 10).
func (as askings) best() (asking, bool) {
	if len(as) == 0 {
		return asking{}, false
	}
	return slices.MinFunc(as, func(a, b asking) int { return cmp.Compare(a.rtt(), b.rtt()) }), true
}

// median is the middle of some skews, 0 of none; with an even number the one
// nearer to 0, so that of two nodes each says what it is sure of.
func median(of []time.Duration) time.Duration {
	if len(of) == 0 {
		return 0
	}
	of = slices.Sorted(slices.Values(of))
	low, high := of[(len(of)-1)/2], of[len(of)/2]
	if low.Abs() <= high.Abs() {
		return low
	}
	return high
}
