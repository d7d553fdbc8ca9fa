package node

import (
	"context"
	"fmt"
	"io"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What people do to the cluster: control.Cluster.

// Move sends an actor to a node.
func (n *Node) Move(context.Context, flow.Identity, flow.ActorID, flow.NodeID) error {
	return notYet("move actors")
}

// Scale says how many replicas of an actor run.
func (n *Node) Scale(context.Context, flow.Identity, flow.ActorID, int) error {
	return notYet("scale actors")
}

// Drain sends a node's actors elsewhere.
func (n *Node) Drain(context.Context, flow.Identity, flow.NodeID, bool) error {
	return notYet("drain nodes")
}

// Leave takes a node out for good.
func (n *Node) Leave(context.Context, flow.Identity, flow.NodeID) error {
	return notYet("take nodes out")
}

// Vote gives a node a vote in the register, or takes it back.
func (n *Node) Vote(context.Context, flow.Identity, flow.NodeID, bool) error {
	return notYet("change voters")
}

// Backup writes the whole register.
func (n *Node) Backup(context.Context, flow.Identity, io.Writer) error {
	return notYet("back up")
}

// Restore reads what Backup wrote.
func (n *Node) Restore(context.Context, flow.Identity, io.Reader, bool) error {
	return notYet("restore")
}

// Rotate gives gossip a new key.
func (n *Node) Rotate(context.Context, flow.Identity) error {
	return notYet("rotate the gossip key")
}

func notYet(what string) error {
	return fmt.Errorf("this node can't %s yet: %w", what, control.ErrUnavailable)
}
