package node

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
)

// known finds the certificates of devices, which their nodes put into the
// register before the device says anything. It is the capability "identities".
type known struct {
	n        *Node
	opener   *proof.Opener
	verified verified // readings, lately

	mu      sync.Mutex // guards what follows
	parsed  map[[32]byte]*x509.Certificate
	holders map[[32]byte]flow.Identity // as they were identified
}

// mostParsed is how many certificates are kept parsed: more than a hospital's
// devices show in a day.
const mostParsed = 10_000

func newKnown(n *Node) *known {
	return &known{n: n, opener: proof.NewOpener(), parsed: map[[32]byte]*x509.Certificate{}, holders: map[[32]byte]flow.Identity{}}
}

// Device is the certificate with that hash and who holds it, verified now for
// what was signed then; see [pki.HeldWhen]. An error that wraps [flow.ErrLater]
// means that it has not been heard of yet; any other that it is not to be
// believed.
func (k *known) Device(leaf [32]byte, signed time.Time) (*x509.Certificate, flow.Identity, error) {
	return k.holder(leaf, flow.RoleDevice, signed)
}

// Collector is [known.Device] for a collector, who may vouch for devices.
func (k *known) Collector(leaf [32]byte, signed time.Time) (*x509.Certificate, flow.Identity, error) {
	return k.holder(leaf, flow.RoleCollector, signed)
}

// Certificate is a certificate that was made known, whether it is believed or not;
// nil when the register has none, or none any more.
func (k *known) Certificate(leaf [32]byte) (*x509.Certificate, error) {
	cert, err := k.find(leaf)
	if errors.Is(err, errUnheard) {
		return nil, nil
	}
	return cert, err
}

// Open opens a reading; those that were opened on this node lately are at hand.
func (k *known) Open(s flow.Sealed) (*proof.Reading, error) { return k.opener.Open(s) }

// OpenWindow opens a window; certificates of windows lately are at hand.
func (k *known) OpenWindow(s flow.Sealed) (*proof.Window, error) { return k.opener.OpenWindow(s) }

// errUnheard reports a certificate that is not in the register.
var errUnheard = errors.New("not known")

// holder is a certificate and who holds it. Whom the verifier has identified
// once it need only be asked about again. What was signed so long ago that its
// certificate may be forgotten ([sweep]) does not wait for it.
func (k *known) holder(leaf [32]byte, role flow.Role, signed time.Time) (*x509.Certificate, flow.Identity, error) {
	now := time.Now()
	cert, err := k.find(leaf)
	if errors.Is(err, errUnheard) && now.Sub(signed) > pki.Late {
		err = fmt.Errorf("certificate %x is not known, and this was signed at %s: what ended more than %d days ago is forgotten",
			leaf[:8], signed.UTC().Format(time.RFC3339), pki.Late/(24*time.Hour))
	}
	if err != nil {
		return nil, flow.Identity{}, err
	}
	when, err := pki.HeldWhen(cert, signed, now)
	if err != nil {
		return nil, flow.Identity{}, err
	}
	k.mu.Lock()
	id, met := k.holders[leaf]
	k.mu.Unlock()
	if !met || k.n.verifier.Holds(id, when) != nil {
		if id, err = k.n.verifier.Identify(append([]*x509.Certificate{cert}, k.n.keys.trust().Issuers...), when); err != nil {
			return nil, flow.Identity{}, err
		}
		k.mu.Lock()
		if len(k.holders) >= mostParsed {
			clear(k.holders)
		}
		k.holders[leaf] = id
		k.mu.Unlock()
	}
	if id.Role != role {
		return nil, flow.Identity{}, fmt.Errorf("%s is not a %s", id.URI, role)
	}
	return cert, id, nil
}

func (k *known) find(leaf [32]byte) (*x509.Certificate, error) {
	k.mu.Lock()
	cert := k.parsed[leaf]
	k.mu.Unlock()
	if cert != nil {
		return cert, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	der, ok, err := k.n.register.Certificate(ctx, leaf)
	if err != nil {
		return nil, fmt.Errorf("certificate %x can't be looked up (%v): %w", leaf[:8], err, flow.ErrLater)
	}
	if !ok {
		return nil, fmt.Errorf("certificate %x is %w yet: %w", leaf[:8], errUnheard, flow.ErrLater)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("certificate %x: %w", leaf[:8], err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.parsed) >= mostParsed {
		clear(k.parsed)
	}
	k.parsed[leaf] = cert
	return cert, nil
}

// Identify checks a chain, leaf first, as it stood at a time, and says who its
// leaf is: what a store verifies windows with.
func (k *known) Identify(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	return k.n.verifier.Identify(chain, at)
}

// IdentifyThen is Identify but for what was revoked later.
func (k *known) IdentifyThen(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	return k.n.verifier.IdentifyThen(chain, at)
}
