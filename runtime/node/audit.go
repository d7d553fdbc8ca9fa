package node

import (
	"time"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// audit takes what the parts of the node see that matters for security.
func (n *Node) audit(e flow.AuditEvent) {
	if e.At.IsZero() {
		e.At = time.Now().UTC()
	}
	n.log.Info("audit", "kind", e.Kind, "peer", e.Who, "proven", e.Proven, "addr", e.From, "what", e.What, "err", e.Why)
	if e.Refused() {
		n.events.add(control.PeerRefused, e.Actor, e.Link, e.What+" was refused: "+e.Why)
	}
}
