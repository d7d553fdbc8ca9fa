package node

import (
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
)

// A Judging is the rules as an actor of this node has them, with the log.
type Judging interface {
	Judge(*flow.Case) (flow.Verdict, error)
	Check(*proof.Check) error
	Flush() error
}

// Judging is what an actor gets as its rules.
func (n *Node) Judging(actor flow.ActorID) Judging {
	v, err := n.offer.give(actor, capRules)
	if err != nil {
		panic(err)
	}
	return v.(Judging)
}

// Relay is what pays for transactions of this node.
func (n *Node) Relay() chain.Relay { return n.checks.relay }

// Pays reports whether the node pays with an account of its own.
func (n *Node) Pays() bool { return n.checks.relay.rich.Load() }

// ChecksLog is the node's log of checks.
func (n *Node) ChecksLog() *tlog.Log { return n.checks.log }

// Confirm is what an intake asks.
func (n *Node) Confirm(then func()) { (&inlet{n: n}).Confirm(then) }
