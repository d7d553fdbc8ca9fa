package node

import (
	"context"
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/audit"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// auditDir is the folder of the audit record, in the node's own.
const auditDir = "audit"

// openRecord opens the audit record. A node that can't keep one does not start:
// what strangers try at it would be known to nobody.
func (n *Node) openRecord(context.Context) (err error) {
	n.record, err = audit.Open(audit.Config{Dir: filepath.Join(n.cfg.Dir, auditDir), Node: n.cfg.Node, Signer: n.signer, Log: n.log})
	if err == nil {
		n.ends = append(n.ends, n.record.Close)
	}
	return err
}

// audit takes what the parts of the node see that matters for security. It does
// not block. Of one source only the first events are told one by one.
func (n *Node) audit(e flow.AuditEvent) {
	if n.record != nil && !n.record.Add(e) {
		return
	}
	n.log.Info("audit", "kind", e.Kind, "peer", e.Who, "proven", e.Proven, "addr", e.From, "what", e.What, "err", e.Why)
	if e.Refused() {
		n.events.add(control.PeerRefused, e.Actor, e.Link, e.What+" was refused: "+e.Why)
	}
}

// Audit gives people what the record has.
func (n *Node) Audit(_ context.Context, _ flow.Identity, q control.AuditQuery) (list []control.AuditEntry, err error) {
	entries, err := n.record.Read(audit.Filter{Since: q.Since, Kind: q.Kind, Who: q.Who, Refused: q.Refused, Limit: q.Limit})
	for _, e := range entries {
		list = append(list, control.AuditEntry{N: e.N, Node: n.cfg.Node, Hash: e.Hash.String(), More: e.More, AuditEvent: *e.Event})
	}
	return list, err
}
