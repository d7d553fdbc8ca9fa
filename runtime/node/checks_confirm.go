package node

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

const (
	askAnchor  = "node.anchor"  // a head of another node's log
	askConfirm = "node.confirm" // have all your checks come to the chain?
)

// gasOfCheck is the most that a check may use as a transaction.
const gasOfCheck = 1_500_000

// payCheck brings a check to the chain as a transaction.
func (c *checks) payCheck(ctx context.Context, data []byte) error {
	_, err := c.relay.send(ctx, chain.Call{To: &c.manager, Data: data, Gas: gasOfCheck})
	return err
}

// answerAnchor brings the head of another node's log to the chain.
func (c *checks) answerAnchor(ctx context.Context, peer flow.Identity, body []byte) ([]byte, error) {
	if !c.relay.rich.Load() {
		return nil, flow.ErrLater
	}
	end, err := c.relay.share(&c.relay.gas, peer, "a head of a log that this node was to pay for")
	if err != nil {
		return nil, err
	}
	defer end(gasLeast)
	found, err := c.find(ctx)
	if err != nil {
		return nil, err
	}
	id, err := found.Chain.ID(ctx)
	if err != nil {
		return nil, err
	}
	s, err := anchor.OpenSigned(body, id, found.Address)
	if err != nil {
		c.n.audit(flow.AuditEvent{Kind: flow.AuditRegister, Who: peer.URI, Proven: true, What: "a head of a log that this node was to pay for", Why: err.Error()})
		return nil, err
	}
	return nil, c.relay.gather.Anchor(ctx, s)
}

// wait returns when all checks that are in the log now are on the chain, and
// those that are to be transactions are, too.
func (c *checks) wait(ctx context.Context) error {
	if err := c.Flush(); err != nil {
		return err
	}
	if err := c.outbox.Wait(ctx); err != nil {
		return err
	}
	return c.anchor.Wait(ctx, c.log.Size())
}

// answerConfirm tells another node when that is so here.
func (c *checks) answerConfirm(ctx context.Context, _ flow.Identity, _ []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, confirmWithin)
	defer cancel()
	return nil, c.wait(ctx)
}

const (
	confirmWithin = 10 * time.Second // one try
	confirmAgain  = 500 * time.Millisecond
	confirmFor    = 20 * time.Millisecond // those that come meanwhile are asked about together
)

// confirms are the answers that wait until all checks have come to the chain.
type confirms struct {
	mu      sync.Mutex // guards waiting
	waiting []func()
	more    chan struct{} // one slot
}

// Confirm calls then, on some goroutine, when every check that any node had in
// its log by now is in a final block. Of a node that is down nothing is known, and
// it is not waited for.
func (in *inlet) Confirm(then func()) {
	c := &in.n.confirms
	c.mu.Lock()
	c.waiting = append(c.waiting, then)
	c.mu.Unlock()
	select {
	case c.more <- struct{}{}:
	default:
	}
}

// confirming asks for those who wait, until ctx ends.
func (n *Node) confirming(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.confirms.more:
		}
		t := time.NewTimer(confirmFor)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
		n.confirms.mu.Lock()
		all := n.confirms.waiting
		n.confirms.waiting = nil
		n.confirms.mu.Unlock()
		if len(all) > 0 {
			n.done.Go(func() { n.confirm(ctx, all) })
		}
	}
}

// confirm asks every node that keeps a log, again and again.
func (n *Node) confirm(ctx context.Context, all []func()) {
	var left []flow.NodeID
	for _, m := range n.members.All() {
		if m.ID == n.cfg.Node || m.Up && m.Offers(capRules) {
			left = append(left, m.ID)
		}
	}
	for ctx.Err() == nil {
		left = n.unconfirmed(ctx, left)
		if len(left) == 0 {
			for _, then := range all {
				then()
			}
			return
		}
		t := time.NewTimer(confirmAgain)
		select {
		case <-ctx.Done():
			t.Stop()
		case <-t.C:
		}
	}
}

// unconfirmed asks nodes at once, and gives those that are up and could not say
// yes.
func (n *Node) unconfirmed(ctx context.Context, nodes []flow.NodeID) (left []flow.NodeID) {
	var mu sync.Mutex
	var each sync.WaitGroup
	for _, id := range nodes {
		each.Go(func() {
			err := n.askToConfirm(ctx, id)
			if err == nil {
				return
			}
			n.log.Debug("checks are not confirmed yet", "peer", id, "err", err)
			if id != n.cfg.Node && !n.isUp(n.view(), id) {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			left = append(left, id)
		})
	}
	each.Wait()
	return left
}

func (n *Node) askToConfirm(ctx context.Context, id flow.NodeID) error {
	ctx, cancel := context.WithTimeout(ctx, confirmWithin+time.Second)
	defer cancel()
	if id != n.cfg.Node {
		_, err := n.door.Ask(ctx, id, askConfirm, nil)
		return err
	}
	if n.checks == nil {
		return nil
	}
	if err := n.checks.wait(ctx); err != nil {
		return fmt.Errorf("own log: %w", err)
	}
	return nil
}
