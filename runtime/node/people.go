package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/expand"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/placement"
	"github.com/wardflow/wardflow/runtime/register"
)

// What people do to the cluster: control.Cluster.

// Move sends an actor to a node, where it stays as long as that node is fit.
func (n *Node) Move(ctx context.Context, by flow.Identity, id flow.ActorID, node flow.NodeID) error {
	view := n.register.View()
	if _, ok := view.Placements[id]; !ok {
		return fmt.Errorf("actor %s: %w", id, control.ErrNotFound)
	}
	if node == "" {
		return n.note(ctx, by, control.ActorMoved, markPin+string(id), nil, fmt.Sprintf("%s may run anywhere again", id))
	}
	if err := n.knows(node); err != nil {
		return err
	}
	in := n.input(view, running(view), n.nodeViews(view))
	in.Pins[id] = placement.Pin{Node: node, By: by.URI}
	if why, cant := placement.Plan(in).Unpinned[id]; cant {
		return fmt.Errorf("%w: %s can't run on %s: %s", control.ErrUnplaceable, id, node, why)
	}
	return n.note(ctx, by, control.ActorMoved, markPin+string(id), &mark{By: by.URI, At: time.Now().UTC(), Node: node},
		fmt.Sprintf("%s was sent to %s", id, node))
}

// Scale says how many replicas of an actor run.
func (n *Node) Scale(ctx context.Context, by flow.Identity, id flow.ActorID, replicas int) error {
	view := n.register.View()
	app, ok := view.Apps[id.App()]
	node, has := app.Source.Actor(id)
	if !ok || !has {
		return fmt.Errorf("actor %s: %w", id, control.ErrNotFound)
	}
	if s, scaled, err := expand.ScalingOf(node.Rule); err != nil || !scaled || s.Kind != expand.Manual {
		return fmt.Errorf("actor %s is not scaled by hand: apply manual_scaling() to it in the script: %w", id, control.ErrConflict)
	}
	return n.note(ctx, by, control.ActorScaled, markScale+string(id), &mark{By: by.URI, At: time.Now().UTC(), N: replicas},
		fmt.Sprintf("%d of %s are wanted", replicas, id))
}

// Drain sends a node's actors elsewhere, or lets it have actors again.
func (n *Node) Drain(ctx context.Context, by flow.Identity, node flow.NodeID, on bool) error {
	if err := n.knows(node); err != nil {
		return err
	}
	if !on {
		if err := n.mayStayOn(ctx, node); err != nil {
			return err
		}
		return n.note(ctx, by, control.NodeDraining, markDrain+string(node), nil, fmt.Sprintf("node %s may have actors again", node))
	}
	return n.note(ctx, by, control.NodeDraining, markDrain+string(node), &mark{By: by.URI, At: time.Now().UTC()}, fmt.Sprintf("node %s is drained", node))
}

// mayStayOn has a node stay that somebody wanted to leave. One whose certificate
// was revoked can't.
func (n *Node) mayStayOn(ctx context.Context, node flow.NodeID) error {
	m, leaves := markOf(n.register.View(), markLeave, string(node))
	switch {
	case !leaves:
		return nil
	case m.By == byRevocation:
		return fmt.Errorf("%w: node %s is put out because its certificate was revoked: enrol it anew (`wardflow ca token --again`, `wardflow enroll --replace`) and start it; it stays then", control.ErrConflict, node)
	}
	if err := n.agreeing(); err != nil {
		return err
	}
	return unavailable(n.register.PutSetting(ctx, markLeave+string(node), nil))
}

// Leave takes a node out for good; the leader does it.
func (n *Node) Leave(ctx context.Context, by flow.Identity, node flow.NodeID) error {
	if err := n.knows(node); err != nil {
		return err
	}
	voters := n.register.Status().Voters
	if len(voters) == 1 && voters[0] == node {
		return fmt.Errorf("node %s is the only voter: give another node a vote first: %w", node, control.ErrConflict)
	}
	return n.note(ctx, by, control.NodeDraining, markLeave+string(node), &mark{By: by.URI, At: time.Now().UTC()}, fmt.Sprintf("node %s leaves", node))
}

// Vote gives a node a vote in the register, or takes it back.
func (n *Node) Vote(ctx context.Context, by flow.Identity, node flow.NodeID, on bool) error {
	if err := n.knows(node); err != nil {
		return err
	}
	if err := n.agreeing(); err != nil {
		return err
	}
	var err error
	if on {
		m, _ := n.members.Lookup(node)
		err = n.register.AddVoter(ctx, register.Voter{ID: node, Addr: m.Door})
	} else {
		err = n.register.RemoveVoter(ctx, node)
	}
	if err != nil {
		return unavailable(err)
	}
	n.log.Info("voter changed", "peer", node, "votes", on, "by", by.URI)
	n.did(by, fmt.Sprintf("node %s votes: %t", node, on))
	says := "has a vote now"
	if !on {
		says = "has no vote any more"
	}
	n.events.about(control.VotersChanged, node, fmt.Sprintf("node %s %s, said %s", node, says, by.URI))
	return nil
}

// Backup writes the whole register.
func (n *Node) Backup(ctx context.Context, by flow.Identity, to io.Writer) error {
	if err := n.agreeing(); err != nil {
		return err
	}
	n.log.Info("register is backed up", "by", by.URI)
	n.did(by, "the register is backed up")
	return unavailable(n.register.Backup(ctx, to))
}

// Restore reads what Backup wrote.
func (n *Node) Restore(ctx context.Context, by flow.Identity, from io.Reader, force bool) error {
	if err := n.agreeing(); err != nil {
		return err
	}
	n.log.Warn("register is restored", "by", by.URI, "force", force)
	n.did(by, "the register is restored")
	err := n.register.Restore(ctx, from, force)
	switch {
	case errors.Is(err, register.ErrNotEmpty):
		return fmt.Errorf("%w: %w", control.ErrConflict, err)
	case errors.Is(err, agree.ErrDamaged):
		return fmt.Errorf("%w: %w", control.ErrInvalid, err)
	}
	return unavailable(err)
}

// note puts a mark, or takes it away, and says so.
func (n *Node) note(ctx context.Context, by flow.Identity, kind control.EventKind, key string, m *mark, text string) error {
	if err := n.agreeing(); err != nil {
		return err
	}
	var value []byte
	if m != nil {
		value = m.bytes()
	}
	if err := n.register.PutSetting(ctx, key, value); err != nil {
		return unavailable(err)
	}
	n.log.Info(text, "by", by.URI)
	n.did(by, text)
	_, name, _ := strings.Cut(key, "/")
	if kind == control.NodeDraining {
		n.events.about(kind, flow.NodeID(name), text+", said "+by.URI)
	} else {
		n.events.add(kind, "", "", text+", said "+by.URI)
	}
	return nil
}

// did puts on record what somebody has done to the cluster.
func (n *Node) did(by flow.Identity, what string) {
	n.audit(flow.AuditEvent{Kind: flow.AuditRequest, Who: by.URI, Proven: true, What: what})
}

// knows is nil for a node of the cluster.
func (n *Node) knows(node flow.NodeID) error {
	view := n.register.View()
	for _, m := range n.members.All() {
		if m.ID == node && !gone(view, m.ID, m.Boot) {
			return nil
		}
	}
	return fmt.Errorf("node %s: %w", node, control.ErrNotFound)
}
