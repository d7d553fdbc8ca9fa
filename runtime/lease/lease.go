package lease

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Terms are the times of a lease. All nodes of a cluster must use the same.
type Terms struct {
	TTL    time.Duration // how long a renewal holds
	Margin time.Duration // by which the holder ends early and the leader waits longer
}

// Default bears clocks whose rates differ by a fifth, and costs an exclusive
// actor up to six seconds when its node dies.
var Default = Terms{TTL: 5 * time.Second, Margin: time.Second}

// A Holder is the node's end: whether its exclusive actors may run. The zero
// Holder, and one whose Terms are zero, holds nothing.
type Holder struct {
	Terms Terms
	until time.Time
	term  uint64
}

// Renewed says that the renewal sent at that time was granted, and that it is
// now that time. Answers may come in any order. When the lease has lapsed
// meanwhile another may hold it already, so a new term begins with it: what
// acted in the one before must not go on.
func (h *Holder) Renewed(sent, now time.Time) {
	if !h.Holds(now) {
		h.term++
	}
	if until := sent.Add(h.Terms.TTL - h.Terms.Margin); until.After(h.until) {
		h.until = until
	}
}

// Holds reports whether exclusive actors may run now.
func (h *Holder) Holds(now time.Time) bool { return now.Before(h.until) }

// Term rises with each lease that did not continue the one before. What is
// exclusive belongs to the term it began in, and acts only in that.
func (h *Holder) Term() uint64 { return h.term }

// Until is when they must have stopped; zero when nothing was ever granted.
func (h *Holder) Until() time.Time { return h.until }

// A Grantor is the leader's end: which nodes may still hold a lease. One that
// has just been elected does not know what its predecessors have granted, so to
// it every node holds one.
type Grantor struct {
	terms Terms
	since time.Time
	heard map[flow.NodeID]time.Time
}

// NewGrantor is that of a leader which was elected not before since.
func NewGrantor(t Terms, since time.Time) *Grantor {
	return &Grantor{terms: t, since: since, heard: map[flow.NodeID]time.Time{}}
}

// Heard says that a renewal of the node came in at that time. It must be said
// before the renewal is answered.
func (g *Grantor) Heard(node flow.NodeID, at time.Time) {
	if at.After(g.heard[node]) {
		g.heard[node] = at
	}
}

// Leased reports whether the node may still hold a lease: what is exclusive
// must not begin elsewhere.
func (g *Grantor) Leased(node flow.NodeID, now time.Time) bool { return now.Before(g.Until(node)) }

// Until is when the node holds nothing any more, if it is not heard again.
func (g *Grantor) Until(node flow.NodeID) time.Time {
	last := g.heard[node]
	if last.Before(g.since) {
		last = g.since
	}
	return last.Add(g.terms.TTL + g.terms.Margin)
}
