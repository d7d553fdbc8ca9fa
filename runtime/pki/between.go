package pki

import (
	"crypto/x509"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// IdentifyBetween is [Verifier.Identify] for what was signed at one time, by the
// signer's word, and is known from elsewhere to have been there by another: the
// certificate must have held at the first, and not have been revoked until the
// second. Who has stolen a key sets its clock back; a block's time he can't.
func (v *Verifier) IdentifyBetween(chain []*x509.Certificate, at, until time.Time) (flow.Identity, error) {
	if until.Before(at) {
		until = at
	}
	return v.identify(chain, at, until)
}
