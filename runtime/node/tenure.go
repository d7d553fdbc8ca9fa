package node

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/lease"
)

// errNoLease reports an exclusive actor that may not run here now.
var errNoLease = errors.New("it acts on the world, and this node holds no lease: the register's leader has not answered, with a majority of the voters behind it")

// A tenure is this node's lease: it renews it, and stops the exclusive actors
// when that fails.
type tenure struct {
	n *Node

	mu     sync.Mutex // guards holder
	holder lease.Holder
	over   bool // given back: nothing exclusive runs here any more
}

func newTenure(n *Node) *tenure {
	return &tenure{n: n, holder: lease.Holder{Terms: lease.Default}}
}

// How often the lease is renewed, and how long one try may take.
const (
	renewEach   = time.Second
	renewWithin = time.Second
)

func (t *tenure) holds() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.over && t.holder.Holds(time.Now())
}

// release gives the lease back: what is exclusive has stopped when it returns.
func (t *tenure) release() {
	t.mu.Lock()
	t.over = true
	t.mu.Unlock()
	t.expire("its node stops")
}

// left is for how long it holds; 0: it does not.
func (t *tenure) left() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, time.Until(t.holder.Until()))
}

// run renews until ctx ends.
func (t *tenure) run(ctx context.Context) {
	held := false
	for {
		sent := time.Now()
		if t.renew(ctx, sent) && !held {
			held = true
			t.n.reconciler.again() // exclusive actors may begin
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(t.next(sent, held))):
		}
		if held && !t.holds() {
			held = false
			t.expire("the lease of its node has ended")
			t.n.reconciler.again()
		}
	}
}

// next is when to look again: in time for the next renewal, or as the lease ends.
func (t *tenure) next(sent time.Time, held bool) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := sent.Add(renewEach)
	if until := t.holder.Until(); held && until.Before(at) {
		return until
	}
	return at
}

func (t *tenure) renew(ctx context.Context, sent time.Time) bool {
	t.mu.Lock()
	deadline := sent.Add(renewWithin)
	if until := t.holder.Until(); until.After(sent) && until.Before(deadline) {
		deadline = until // nothing may hold up what follows
	}
	t.mu.Unlock()
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	if err := t.n.register.Renew(ctx); err != nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.holder.Renewed(sent)
	return t.holder.Holds(time.Now())
}

// expire stops what may act no more, at once and without waiting for anybody.
func (t *tenure) expire(why string) {
	stopping, cancel := context.WithTimeout(context.Background(), lease.Default.Margin/2)
	defer cancel()
	var all sync.WaitGroup
	defer all.Wait()
	for id := range t.n.engine.Running() {
		if !t.n.exclusive(id) {
			continue
		}
		t.n.links.closeOf(id)
		all.Go(func() { t.n.engine.StopNow(stopping, id) })
		t.n.log.Warn("actor that acts on the world stopped", "actor", id, "reason", why)
		t.n.events.add(control.ActorStopped, id, "", fmt.Sprintf("%s stopped: it acts on the world, and %s", id, why))
	}
}

// exclusive reports whether an actor acts on the world.
func (n *Node) exclusive(id flow.ActorID) bool {
	_, res, ok := n.find(n.register.View(), id)
	return ok && n.types[res.node.Type].Spec.Exclusive
}
