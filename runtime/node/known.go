package node

import (
	"context"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// known finds the certificates of devices, which their nodes put into the
// register before the device says anything. It is the capability "identities".
type known struct{ n *Node }

// Device is the certificate with that hash and who holds it, verified now. An
// error that wraps [flow.ErrLater] means that it has not been heard of yet; any
// other that it is not to be believed.
func (k known) Device(leaf [32]byte) (*x509.Certificate, flow.Identity, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	der, ok, err := k.n.register.Certificate(ctx, leaf)
	if err != nil {
		return nil, flow.Identity{}, fmt.Errorf("certificate %x can't be looked up (%v): %w", leaf[:8], err, flow.ErrLater)
	}
	if !ok {
		return nil, flow.Identity{}, fmt.Errorf("certificate %x is not known yet: %w", leaf[:8], flow.ErrLater)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, flow.Identity{}, fmt.Errorf("certificate %x: %w", leaf[:8], err)
	}
	id, err := k.n.verifier.Identify(append([]*x509.Certificate{cert}, k.n.trust.Issuers...), time.Now())
	if err != nil {
		return nil, flow.Identity{}, err
	}
	if id.Role != flow.RoleDevice {
		return nil, flow.Identity{}, fmt.Errorf("%s is not a device", id.URI)
	}
	return cert, id, nil
}
