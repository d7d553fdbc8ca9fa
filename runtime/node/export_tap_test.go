package node

import (
	"context"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// AskTap has a node ask another to tap a link, vote or not.
func AskTap(ctx context.Context, n *Node, of flow.NodeID) ([]byte, error) {
	return n.door.Ask(ctx, of, askTap, []byte(`{"do":"begin"}`))
}

// Opened is a sealed value as a tap shows it.
var Opened = opened

// SweepTaps looks after the taps of a node as if it were another time.
func SweepTaps(n *Node, now time.Time) { n.taps.sweep(now) }
