package node

import (
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// Chain is what the node reads of the chain.
func (n *Node) Chain() chain.Chain { return n.ruling.chain }

// Replica is the node's copy of the chain; nil: it has none.
func (n *Node) Replica() *chain.Replica { return n.ruling.replica }

// CheckBlock judges a block that a node wants agreed on.
func (n *Node) CheckBlock(maker flow.NodeID, b register.Block) error { return n.checkBlock(maker, b) }
