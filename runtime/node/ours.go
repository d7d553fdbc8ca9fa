package node

import (
	"crypto/x509"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A node's trust may hold the authorities of several hospitals. Names are a
// hospital's own, so whoever gets rights by a name here must be of this one:
// people, nodes, and what they have signed. A device or a collector of another
// may link to what the hospital's own policy permits.

// ours is nil for somebody of this node's own hospital.
func (n *Node) ours(who flow.Identity) error { return pki.SameHospital(n.signer(), who) }

// A household believes those of this hospital, and nobody else.
type household struct{ n *Node }

// Identify is [pki.Verifier.Identify] for those of this hospital.
func (h household) Identify(chain []*x509.Certificate, now time.Time) (flow.Identity, error) {
	id, err := h.n.verifier.Identify(chain, now)
	if err != nil {
		return id, err
	}
	if err := h.n.ours(id); err != nil {
		return flow.Identity{}, &pki.Refusal{Who: id.URI, Reason: pki.ErrDomain, Err: err}
	}
	return id, nil
}

// identifyOurs is who shows a chain to the control API.
func (n *Node) identifyOurs(chain []*x509.Certificate) (flow.Identity, error) {
	return household{n}.Identify(chain, time.Now())
}
