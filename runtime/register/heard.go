package register

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// heard is when nodes have renewed, as the leader has it: forgotten when another
// one leads.
type heard struct {
	mu   sync.Mutex // guards what follows
	lead time.Time  // since when this node led when they did
	at   map[flow.NodeID]time.Time
}

// Renew tells the leader that this node is there. When it returns nil, a
// majority took that leader for theirs after the call began, and it has noted
// the node as heard after that: a lease counted from before the call ends
// before one that the leader counts from when it heard.
func (r *Register) Renew(ctx context.Context) error {
	if _, err := r.group.AskLeader(ctx, askRenew, nil); err != nil {
		return fmt.Errorf("renew with the register: %w", err)
	}
	return nil
}

func (r *Register) answerRenew(ctx context.Context, peer flow.Identity, _ []byte) ([]byte, error) {
	if err := r.group.Prove(ctx); err != nil {
		return nil, err
	}
	since, leads := r.group.LeadingSince()
	if !leads {
		return nil, r.group.Prove(ctx) // says why not
	}
	r.heard.mu.Lock()
	defer r.heard.mu.Unlock()
	if !r.heard.lead.Equal(since) {
		r.heard.lead, r.heard.at = since, map[flow.NodeID]time.Time{}
	}
	r.heard.at[flow.NodeID(peer.Name)] = time.Now()
	return nil, nil
}

// Heard is when a node has renewed last, by this node's clock, if this node
// leads and has heard it since it does.
func (r *Register) Heard(node flow.NodeID) (at time.Time, ok bool) {
	since, leads := r.group.LeadingSince()
	r.heard.mu.Lock()
	defer r.heard.mu.Unlock()
	if !leads || !r.heard.lead.Equal(since) {
		return time.Time{}, false
	}
	at, ok = r.heard.at[node]
	return at, ok
}

// LeadingSince is when this node began to lead; whoever led before could grant
// nothing any more by then. ok is false when this node does not lead.
func (r *Register) LeadingSince() (since time.Time, ok bool) { return r.group.LeadingSince() }
