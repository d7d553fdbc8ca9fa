package node

import (
	"context"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
	"github.com/wardflow/wardflow/runtime/register"
)

// goodbyeWithin is how long a node that stops waits for others to take its
// actors.
const goodbyeWithin = 3 * time.Second

// goodbye tells the others that this node stops, and lets them take its actors
// first: they go on a moment later, where otherwise somebody would have to
// notice. What can't be taken stops with the node.
func (n *Node) goodbye() {
	ctx, cancel := context.WithTimeout(context.Background(), goodbyeWithin)
	defer cancel()
	if !n.company() {
		return
	}
	if err := n.tenure.release(); err != nil {
		n.log.Error("others must wait until this node's lease has ended", "err", err)
		n.fail(err)
		return
	}
	m := mark{Boot: n.boot, At: time.Now().UTC()}
	if err := n.register.PutSetting(ctx, markAway+string(n.cfg.Node), m.bytes()); err != nil {
		n.log.Info("others were not told that this node stops", "err", err)
		return
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		changed := n.register.Changed()
		view := n.register.View()
		if n.taken(view) {
			return
		}
		select {
		case <-ctx.Done():
			n.log.Info("some actors were not taken by others in time and stop with this node")
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

// company reports whether any other node is up.
func (n *Node) company() bool {
	for _, m := range n.members.All() {
		if m.Up && m.ID != n.cfg.Node {
			return true
		}
	}
	return false
}

// taken reports whether every actor that another node can take is not here any
// more: neither planned nor running.
func (n *Node) taken(view *register.View) bool {
	in := n.input(view, running(view), n.nodeViews(view))
	for i := range in.Nodes {
		if in.Nodes[i].ID == n.cfg.Node {
			in.Nodes[i].Up = false
		}
	}
	bound := map[flow.ActorID]bool{}
	for _, p := range placement.Plan(in).Placements {
		if p.Node == n.cfg.Node {
			bound[p.Actor] = true
		}
	}
	for _, p := range view.On(n.cfg.Node) {
		if !bound[p.Actor] {
			return false
		}
	}
	for id := range n.engine.Running() {
		if !bound[id] {
			return false
		}
	}
	return true
}
