package agree

import (
	"context"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A prover asks a majority whether this node leads still. Who comes while one
// round is under way shares the next.
type prover struct {
	mu      sync.Mutex // guards what follows
	waiting []chan error
	running bool
}

// Prove returns nil when, after the call began, a majority of the voters took
// this node for the leader. Many calls at a time cost one round.
func (g *Group) Prove(ctx context.Context) error {
	if !g.enter() {
		return ErrClosed
	}
	defer g.leave()
	v := g.holder()
	if v == nil || !v.leading() {
		return errElection
	}
	done := make(chan error, 1)
	v.proof.mu.Lock()
	v.proof.waiting = append(v.proof.waiting, done)
	if !v.proof.running {
		v.proof.running = true
		g.busy.Go(v.prove)
	}
	v.proof.mu.Unlock()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// prove runs rounds as long as somebody waits for one.
func (v *voter) prove() {
	p := &v.proof
	for {
		p.mu.Lock()
		waiting := p.waiting
		p.waiting, p.running = nil, len(waiting) > 0
		p.mu.Unlock()
		if len(waiting) == 0 {
			return
		}
		err := ofRaft(v.raft.VerifyLeader().Error())
		if err == nil && !v.leading() {
			err = errElection
		}
		for _, w := range waiting {
			w <- err
		}
	}
}

// self is this node as one that asks its own leader.
func (g *Group) self() flow.Identity {
	return flow.Identity{Role: flow.RoleNode, Name: string(g.cfg.Self)}
}
