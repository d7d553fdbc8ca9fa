package agree

import (
	"context"
	"encoding/binary"
	"fmt"
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

// Prove returns nil when, after the call began, a majority of the voters was in
// the term that this node leads, so that no other led a later one. Many calls at a time cost one round.
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
		err := v.round()
		for _, w := range waiting {
			w <- err
		}
	}
}

// round asks all voters, and returns nil when a majority says that it is in the
// term in which this node leads: nobody led a later one when the round began.
// Raft's own round counts answers to what was sent before, which a process that
// was stopped for a while finds in its connections.
func (v *voter) round() error {
	term := v.ahead.Load()
	ctx, cancel := context.WithTimeout(v.ended, v.g.cfg.Election)
	defer cancel()
	var voters []server
	for _, s := range v.g.roll().Servers {
		if s.Votes {
			voters = append(voters, s)
		}
	}
	said := make(chan bool, len(voters))
	for _, s := range voters {
		if s.Full == v.full {
			said <- true
			continue
		}
		v.g.busy.Go(func() { said <- v.g.inTerm(ctx, s, term) })
	}
	yes := 0
	for range voters {
		if <-said {
			yes++
		}
		if yes > len(voters)/2 {
			break
		}
	}
	if yes <= len(voters)/2 || !v.leading() || v.ahead.Load() != term {
		return errElection
	}
	return nil
}

// inTerm reports whether a voter says that it is in a term.
func (g *Group) inTerm(ctx context.Context, s server, term uint64) bool {
	b, err := g.cfg.Transport.Ask(ctx, s.node(), g.kind("term"), []byte(s.Full))
	if err != nil || len(b) != 8 {
		return false
	}
	return binary.BigEndian.Uint64(b) == term
}

// answerTerm says in which term this voter is, if it is the one who is meant.
func (g *Group) answerTerm(_ context.Context, _ flow.Identity, body []byte) ([]byte, error) {
	v := g.holder()
	if v == nil || v.full != string(body) {
		return nil, fmt.Errorf("node %s is not voter %s", g.cfg.Self, body)
	}
	return binary.BigEndian.AppendUint64(nil, v.raft.CurrentTerm()), nil
}

// self is this node as one that asks its own leader.
func (g *Group) self() flow.Identity {
	return flow.Identity{Role: flow.RoleNode, Name: string(g.cfg.Self)}
}
