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
	over   bool                    // given back: nothing exclusive runs here any more
	began  map[flow.ActorID]uint64 // the term in which an exclusive actor was started here
}

func newTenure(n *Node) *tenure {
	return &tenure{n: n, holder: lease.Holder{Terms: lease.Default}, began: map[flow.ActorID]uint64{}}
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

// begin notes that an exclusive actor begins in the term there is; false when
// there is none.
func (t *tenure) begin(id flow.ActorID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.began[id] = t.holder.Term()
	return !t.over && t.holder.Holds(time.Now())
}

// may reports whether an exclusive actor may act now. It is asked before each
// firing: after the process was stopped for a while, the actor may be sooner to
// run than the timer that would end it, and than a renewal that begins the next
// term.
func (t *tenure) may(id flow.ActorID, _ uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.over && t.holder.Holds(time.Now()) && t.began[id] == t.holder.Term()
}

// release gives the lease back: what is exclusive has stopped when it returns.
func (t *tenure) release() error {
	t.mu.Lock()
	t.over = true
	t.mu.Unlock()
	return t.expire("its node stops")
}

// left is for how long it holds; 0: it does not.
func (t *tenure) left() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return 0
	}
	return max(0, time.Until(t.holder.Until()))
}

// run renews until ctx ends.
func (t *tenure) run(ctx context.Context) {
	held, term := false, uint64(0)
	for {
		sent := time.Now()
		now, granted := t.renew(ctx, sent)
		if granted && (!held || now != term) {
			if held {
				t.end("the lease of its node had ended for a while")
			}
			held, term = true, now
			t.n.reconciler.again() // exclusive actors may begin
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(t.next(sent, held))):
		}
		if held && !t.holds() {
			held = false
			t.end("the lease of its node has ended")
			t.n.reconciler.again()
		}
	}
}

// end is expire where nobody else sees to what hangs: the process must end.
func (t *tenure) end(why string) {
	if err := t.expire(why); err != nil {
		t.n.fail(err)
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

func (t *tenure) renew(ctx context.Context, sent time.Time) (term uint64, granted bool) {
	t.mu.Lock()
	deadline := sent.Add(renewWithin)
	if until := t.holder.Until(); until.After(sent) && until.Before(deadline) {
		deadline = until // nothing may hold up what follows
	}
	t.mu.Unlock()
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	if err := t.n.register.Renew(ctx); err != nil {
		return 0, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.holder.Renewed(sent, time.Now())
	return t.holder.Term(), t.holder.Holds(time.Now())
}

// expire stops what may act no more, at once and without waiting for anybody.
// The error names actors that hang.
func (t *tenure) expire(why string) error {
	stopping, cancel := context.WithTimeout(context.Background(), lease.Default.Margin/2)
	defer cancel()
	var all sync.WaitGroup
	var mu sync.Mutex // guards errs
	var errs []error
	for id := range t.n.engine.Running() {
		if !t.n.exclusive(id) {
			continue
		}
		all.Go(func() {
			t.n.links.closeOf(id)
			if err := t.n.engine.StopNow(stopping, id); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, fmt.Errorf("stop %s, which acts on the world: %w", id, err))
				return
			}
			t.n.log.Warn("actor that acts on the world stopped", "actor", id, "reason", why)
			t.n.events.add(control.ActorStopped, id, "", fmt.Sprintf("%s stopped: it acts on the world, and %s", id, why))
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// exclusive reports whether an actor that was started here acts on the world,
// whatever the newest version of its application says.
func (n *Node) exclusive(id flow.ActorID) bool {
	n.tenure.mu.Lock()
	defer n.tenure.mu.Unlock()
	_, ok := n.tenure.began[id]
	return ok
}
