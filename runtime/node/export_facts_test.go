package node

import (
	"context"
	"time"
)

// BestOf is what a node makes of some questions to one peer, in their order:
// each has the times {left, had, answered, came}.
func BestOf(questions ...[4]time.Time) (rtt, skew time.Duration) {
	var as askings
	for _, q := range questions {
		as = as.with(asking{q[0], q[1], q[2], q[3]})
	}
	best, _ := as.best()
	return best.rtt(), best.skew()
}

var Median = median

// LookNow asks the others for the time, and measures this node, before their turn.
func (n *Node) LookNow(ctx context.Context) error {
	n.facts.clocks.round(ctx, time.Now())
	_, err := n.facts.measure()
	return err
}
