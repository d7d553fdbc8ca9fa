package lease

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Silence is how long a node that gossip has given up must not have renewed its
// lease either before it counts as dead: a member of the cluster can make others
// seem dead to gossip for half a second.
const Silence = 2 * time.Second

// Signs are what the leader knows about one node.
type Signs struct {
	Gone  bool      // gossip has given it up
	Heard time.Time // when it renewed its lease last; zero: never
	// Refused is when its address refused a connection for the second time
	// after its connections had ended, so that nobody listens there; zero: not.
	Refused time.Time
	// Left says that it announced that it stops, by the register.
	Left bool
}

// Dead reports whether a node's actors may be given to others. Nothing breaks
// when it lives after all: its actors are fenced by their epochs, and the
// exclusive ones wait for its lease to end. since is when this leader was
// elected: what it has not heard since then it may have missed before.
func Dead(s Signs, since, now time.Time) bool {
	heard := s.Heard
	if heard.Before(since) {
		heard = since
	}
	switch {
	case s.Left:
		return true
	case s.Refused.After(s.Heard): // also what was seen before the election
		return true
	}
	return s.Gone && now.Sub(heard) >= Silence
}

// A Watch keeps the signs of all nodes.
type Watch struct {
	since time.Time
	signs map[flow.NodeID]Signs
}

// NewWatch is that of a leader elected at that time.
func NewWatch(since time.Time) *Watch { return &Watch{since: since, signs: map[flow.NodeID]Signs{}} }

// Note replaces what is known about a node.
func (w *Watch) Note(node flow.NodeID, s Signs) { w.signs[node] = s }

// Dead reports whether a node's actors may be given to others. A node that
// nobody has ever noted is dead once [Silence] has passed.
func (w *Watch) Dead(node flow.NodeID, now time.Time) bool {
	s, ok := w.signs[node]
	if !ok {
		s.Gone = true
	}
	return Dead(s, w.since, now)
}
