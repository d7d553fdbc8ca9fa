package node

import (
	"context"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/register"
)

// A node whose certificate is revoked is put out: nobody lets it in any more, so
// it can do nothing, but what it had must run elsewhere, its vote must not count,
// and it must not read gossip with the key that it knows. The leader sees to
// that, as it does for a node that leaves. Enrolled anew, with a new certificate,
// it is welcome again, even before it was out.

// byRevocation is who asks for it.
const byRevocation = "revocation"

// expel has nodes leave that are revoked; false when that could not be agreed.
func (l *leader) expel(ctx context.Context, lead register.Lead, view *register.View) bool {
	ok := true
	for _, m := range l.n.members.All() {
		_, leaves := markOf(view, markLeave, string(m.ID))
		if m.ID == l.n.cfg.Node || leaves || gone(view, m.ID, m.Boot) || !l.n.isRevoked(m.ID) {
			continue
		}
		out := mark{By: byRevocation, At: time.Now().UTC(), Boot: m.Boot}
		if err := lead.PutSetting(ctx, markLeave+string(m.ID), out.bytes()); err != nil {
			ok = false
			continue
		}
		text := fmt.Sprintf("node %s is revoked and is put out", m.ID)
		l.n.log.Warn("node is revoked and is put out", "peer", m.ID)
		l.n.events.about(control.NodeLeft, m.ID, text)
		l.n.audit(flow.AuditEvent{Kind: flow.AuditIdentity, Who: string(l.n.signer().ID.URI), Proven: true, What: text})
	}
	ok = l.welcome(ctx, lead, view) && ok
	return l.renewKey(ctx, view) && ok
}

// welcome lets nodes stay that were to go because of a revocation and show a
// certificate now that holds; false when any were, since the view is old then.
// The run that was revoked is gone all the same, so that gossip gets a new key.
func (l *leader) welcome(ctx context.Context, lead register.Lead, view *register.View) bool {
	ok := true
	for name, out := range marks(view, markLeave) {
		m, known := l.n.member(flow.NodeID(name))
		if out.By != byRevocation || !known || !m.Up || !l.n.holds(m.ID) {
			continue
		}
		ok = false
		if m.Boot > out.Boot {
			left := mark{By: byRevocation, At: time.Now().UTC(), Boot: out.Boot}
			if err := lead.PutSetting(ctx, markGone+name, left.bytes()); err != nil {
				continue
			}
		}
		if err := lead.PutSetting(ctx, markLeave+name, nil); err != nil {
			continue
		}
		text := fmt.Sprintf("node %s has a certificate that holds and stays", name)
		l.n.log.Info("node stays: it has a certificate that holds", "peer", name)
		l.n.events.about(control.NodeDraining, flow.NodeID(name), text)
		l.n.audit(flow.AuditEvent{Kind: flow.AuditIdentity, Who: string(l.n.signer().ID.URI), Proven: true, What: text})
	}
	return ok
}

// holds reports whether a node shows a certificate that holds now.
func (n *Node) holds(node flow.NodeID) bool {
	chain := n.members.Chain(node)
	if len(chain) == 0 {
		return false
	}
	_, err := n.verifier.Identify(chain, time.Now())
	return err == nil
}

// renewKey has gossip get a new key after a node was put out that knows the old.
func (l *leader) renewKey(ctx context.Context, view *register.View) bool {
	var last time.Time
	for _, m := range marks(view, markGone) {
		if m.By == byRevocation && m.At.After(last) {
			last = m.At
		}
	}
	r, _ := rotationOf(view)
	if last.IsZero() || r.At.After(last) || r.Key != "" && r.Phase != phaseDone && time.Since(r.At) < giveUpRotation {
		return true
	}
	at := time.Now().UTC()
	if !at.After(last) { // whoever led before had another clock
		at = last.Add(time.Nanosecond)
	}
	id, err := l.n.members.NewKey()
	if err == nil {
		err = l.n.putRotation(ctx, rotation{Key: id, Phase: phaseInstall, By: byRevocation, At: at})
	}
	if err != nil {
		l.n.log.Warn("gossip has no new key yet, though a node was put out", "err", err)
		return false
	}
	return true
}
