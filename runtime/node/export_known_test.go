package node

import "github.com/wardflow/wardflow/runtime/pki"

// NewKnown is the capability "identities" of the node.
func (n *Node) NewKnown() *known { return newKnown(n) }

// Verifier is the node's.
func (n *Node) Verifier() *pki.Verifier { return n.verifier }
