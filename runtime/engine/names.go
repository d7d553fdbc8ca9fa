package engine

import (
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// names keeps one copy of who most actors speak as and hear: their node.
type names struct {
	mu   sync.Mutex // guards what follows
	last *flow.Signer
	peer *flow.Identity
}

// signer is a copy of s, the same as last time for the same certificate chain.
func (n *names) signer(s *flow.Signer) *flow.Signer {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.last == nil || n.last.ID != s.ID || !sameChain(n.last, s) {
		one := *s
		n.last = &one
	}
	return n.last
}

// sameChain reports whether two signers are of one place in memory, so that
// their keys are, too.
func sameChain(a, b *flow.Signer) bool {
	if len(a.Chain) == 0 || len(b.Chain) == 0 {
		return len(a.Chain) == len(b.Chain) && a.Key == nil && b.Key == nil
	}
	return a.Chain[0] == b.Chain[0] && len(a.Chain) == len(b.Chain)
}

// identity is a copy of id, the same as last time for the same one.
func (n *names) identity(id *flow.Identity) *flow.Identity {
	if *id == (flow.Identity{}) {
		return nobody
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.peer == nil || *n.peer != *id {
		one := *id
		n.peer = &one
	}
	return n.peer
}
