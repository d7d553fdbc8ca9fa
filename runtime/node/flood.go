package node

import (
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/gate"
)

// limits are what strangers can cost at one of this node's listeners. What was
// too much goes into the audit record.
func (n *Node) limits(listener string) gate.Limits {
	return gate.Limits{Refused: func(r gate.Refusal) {
		n.audit(flow.AuditEvent{Kind: flow.AuditConnection, From: r.Addr.String(),
			What: fmt.Sprintf("connect to the %s, %d times", listener, r.Count), Why: r.Why})
	}}
}
