package node

import (
	"context"
	"crypto/x509"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/policy"
)

// MayDo is what the node decides about somebody.
func (n *Node) MayDo(who flow.Identity, do policy.Action) error {
	return n.may(who, policy.Deed{Do: do})
}

// Caller is who asks the control API with a chain.
func (n *Node) Caller(chain []*x509.Certificate) (flow.Identity, error) { return n.identifyOurs(chain) }

// Proves is what the leader makes of a setting that proves itself.
func (n *Node) Proves(key string, value []byte) error {
	_, err := n.checked(key, value)
	return err
}

// Refuse has an actor of this node refuse a reading.
func (n *Node) Refuse(actor flow.ActorID, r *flow.Reading, v flow.Verdict) {
	n.judged.count(actor, r, v, time.Now())
}

// ReportTo is what another node is told.
func (n *Node) ReportTo(ctx context.Context, peer flow.Identity) ([]byte, error) {
	return n.answerReport(ctx, peer, nil)
}
