package node

import "github.com/wardflow/wardflow/runtime/chain"

// Chain is what the node reads of the chain.
func (n *Node) Chain() chain.Chain { return n.ruling.chain }

// Replica is the node's copy of the chain; nil: it has none.
func (n *Node) Replica() *chain.Replica { return n.ruling.replica }
