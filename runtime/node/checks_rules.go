package node

import (
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/rule"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// checking is the rule book as one actor uses it, with the log of this node's
// checks beside it: the rules of package ward's actors that keep a log. It is
// used by one goroutine at a time.
type checking struct {
	judging
	checks *checks
	asked  *flow.Case // what was judged last, if it is to be a transaction
}

// logged is the book for one actor.
func (n *Node) logged(j judging) any {
	if n.checks == nil {
		return j
	}
	return &checking{judging: j, checks: n.checks}
}

// Judge asks the book.
func (c *checking) Judge(q *flow.Case) (flow.Verdict, error) {
	c.asked = nil
	v, err := c.judging.Judge(q)
	if err == nil && v.Mode == flow.PerCheck {
		asked := *q
		c.asked = &asked
	}
	return v, err
}

// Check puts a judgement into the log.
func (c *checking) Check(k *proof.Check) error {
	k.Actor = c.actor
	k.Manager = c.checks.judges
	b, err := k.Encode()
	if err != nil {
		return err
	}
	if q := c.asked; q != nil {
		c.asked = nil
		if err := c.checks.outbox.Add(rule.CheckAndLog(q, proof.CheckHash(b))); err != nil {
			return fmt.Errorf("%w: %w", flow.ErrLater, err)
		}
	}
	_, err = c.checks.log.Append(b)
	if errors.Is(err, tlog.ErrFull) { // nobody commits meanwhile: have it on disk now
		if err = c.checks.Flush(); err == nil {
			_, err = c.checks.log.Append(b)
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", flow.ErrLater, err)
	}
	return nil
}

// Flush returns when all of it is on disk.
func (c *checking) Flush() error { return c.checks.Flush() }
