package node

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// watchMembers tells of nodes that come and go.
func (n *Node) watchMembers(ctx context.Context) {
	up := map[flow.NodeID]bool{}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		changed := n.members.Changed()
		for _, m := range n.members.All() {
			if m.ID == n.cfg.Node || m.Up == up[m.ID] {
				continue
			}
			up[m.ID] = m.Up
			if m.Up {
				n.door.Wake(m.ID)
				n.events.about(control.NodeUp, m.ID, fmt.Sprintf("node %s came up", m.ID))
			} else {
				n.events.about(control.NodeDown, m.ID, fmt.Sprintf("node %s went down", m.ID))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}
