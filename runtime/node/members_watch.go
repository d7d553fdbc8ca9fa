package node

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/member"
)

// watchMembers tells of nodes that come and go.
func (n *Node) watchMembers(ctx context.Context) {
	was := map[flow.NodeID]member.Member{}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		changed := n.members.Changed()
		for _, m := range n.members.All() {
			if m.ID == n.cfg.Node {
				continue
			}
			for _, e := range cameOrWent(was[m.ID], m) {
				if e.kind == control.NodeUp {
					n.door.Wake(m.ID)
				}
				n.events.about(e.kind, m.ID, e.text)
			}
			was[m.ID] = m
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

type coming struct {
	kind control.EventKind
	text string
}

// cameOrWent is what happened to a node between two looks at it; was is zero at
// the first. One that died may run again before anybody missed it: its number of
// the run tells.
func cameOrWent(was, is member.Member) []coming {
	up := coming{control.NodeUp, fmt.Sprintf("node %s came up", is.ID)}
	switch {
	case is.Up && !was.Up:
		return []coming{up}
	case !is.Up && was.Up:
		return []coming{{control.NodeDown, fmt.Sprintf("node %s went down", is.ID)}}
	case is.Up && is.Boot > was.Boot:
		return []coming{{control.NodeDown, fmt.Sprintf("node %s ended, and was started anew", is.ID)}, up}
	}
	return nil
}
