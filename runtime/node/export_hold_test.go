package node

import (
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// LinkHolds is what the door is told of a link that is up.
func (n *Node) LinkHolds(t link.Terms, peer flow.Identity) error { return n.links.Holds(t, peer) }

// Life is that of a link, as the register has it.
func (n *Node) Life(id flow.LinkID) uint64 {
	l, _ := flow.ParseLinkID(id)
	return n.view().Apps[l.From.Actor.App()].Lives[id]
}
