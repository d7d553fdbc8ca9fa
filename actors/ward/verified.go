package ward

import (
	"crypto/x509"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// verified is [verify] for readings that other actors of this node may have
// verified a moment ago: identities with the method Verified remember that, for
// as long as nothing that it rests on has changed.
func verified(ids Identities, r *proof.Reading) (*x509.Certificate, flow.Identity, error) {
	if m, ok := ids.(interface {
		Verified(*proof.Reading, func() (*x509.Certificate, flow.Identity, error)) (*x509.Certificate, flow.Identity, error)
	}); ok {
		return m.Verified(r, func() (*x509.Certificate, flow.Identity, error) { return verify(ids, r) })
	}
	return verify(ids, r)
}

// openWindow is [proof.OpenWindow], or what identities with a method of that name
// make of it: those remember the certificates that come in every window.
func openWindow(ids Identities, s flow.Sealed) (*proof.Window, error) {
	if m, ok := ids.(interface {
		OpenWindow(flow.Sealed) (*proof.Window, error)
	}); ok {
		return m.OpenWindow(s)
	}
	return proof.OpenWindow(s)
}
