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
// that, as it does for a node that leaves. Enrolled anew, with a new certificate
// and as a new run, it is welcome again.

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
		l.n.events.add(control.NodeLeft, "", "", text)
		l.n.audit(flow.AuditEvent{Kind: flow.AuditIdentity, Who: string(l.n.signer().ID.URI), Proven: true, What: text})
	}
	return l.renewKey(ctx, view) && ok
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
