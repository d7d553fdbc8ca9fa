package node

import (
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// shares are what each other node may have of something: so much at once, and more
// as time goes by. One that has had its share is told to come again later, and
// costs nobody else theirs.
//
// What a thing costs may be known when it is done only: who has anything left may
// begin, and then owes what it was more.
type shares struct {
	what   string  // for the error: "transactions that this node pays for"
	most   float64 // that a node has at first, and at most
	each   float64 // that comes back a second
	atOnce int     // things that are not done yet

	mu    sync.Mutex // guards peers
	peers map[flow.NodeID]*portion
}

type portion struct {
	left float64
	seen time.Time
	busy int
}

// manyShares is how many nodes are remembered before those that are whole again
// are forgotten. Names are those of certificates, so they are not without number.
const manyShares = 256

// begin lets a node have something, or says that it is to come again later: the
// error wraps [flow.ErrLater]. End says what it cost.
func (s *shares) begin(peer flow.NodeID, now time.Time) (end func(cost float64), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.of(peer, now)
	switch {
	case p.left <= 0:
		return nil, fmt.Errorf("node %s has had its share of %s: %w", peer, s.what, flow.ErrLater)
	case p.busy >= s.atOnce:
		return nil, fmt.Errorf("node %s has %d on their way of %s: %w", peer, p.busy, s.what, flow.ErrLater)
	}
	p.busy++
	return func(cost float64) {
		s.mu.Lock()
		defer s.mu.Unlock()
		p.busy--
		p.left -= cost
	}, nil
}

// of is what a node has as of now. mu is held.
func (s *shares) of(peer flow.NodeID, now time.Time) *portion {
	if p := s.peers[peer]; p != nil {
		s.fill(p, now)
		return p
	}
	if s.peers == nil {
		s.peers = map[flow.NodeID]*portion{}
	}
	if len(s.peers) >= manyShares {
		for id, p := range s.peers {
			if s.fill(p, now); p.busy == 0 && p.left == s.most {
				delete(s.peers, id)
			}
		}
	}
	p := &portion{left: s.most, seen: now}
	s.peers[peer] = p
	return p
}

func (s *shares) fill(p *portion, now time.Time) {
	if now.After(p.seen) {
		p.left = min(s.most, p.left+s.each*now.Sub(p.seen).Seconds())
		p.seen = now
	}
}
