package mqtt

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/proof"
)

// CertificateStream is the stream under which a device publishes its certificate
// chain at an outside broker: PEM, leaf first.
const CertificateStream = "certificate"

// mostKnown is how many devices' certificates are remembered, and longestChain
// how many bytes one may have.
const (
	mostKnown    = 4096
	longestChain = 16 << 10
)

// errUnknown reports a certificate that was not published.
var errUnknown = errors.New("its certificate was not published at the broker")

// known are the certificates that devices have published, each verified.
type known struct {
	verifier *pki.Verifier

	mu sync.Mutex // guards of
	of map[[32]byte]ingest.Sender
}

func newKnown(v *pki.Verifier) *known {
	return &known{verifier: v, of: map[[32]byte]ingest.Sender{}}
}

// learn reads the chain that was published on a topic, and remembers it if it is
// that device's and holds now.
func (k *known) learn(payload []byte, on Topic) error {
	chain, err := readChain(payload)
	if err != nil {
		return err
	}
	id, err := k.verifier.Identify(chain, time.Now())
	if err == nil {
		err = mayPublish(id, on)
	}
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.of) >= mostKnown {
		k.forget()
	}
	k.of[id.Leaf] = ingest.Sender{ID: id, Chain: chain}
	return nil
}

// forget drops those that have ended, or if there are none any one.
func (k *known) forget() {
	now, full := time.Now(), true
	for leaf, s := range k.of {
		if now.After(s.ID.NotAfter) {
			delete(k.of, leaf)
			full = false
		}
	}
	for leaf := range k.of {
		if !full {
			return
		}
		delete(k.of, leaf)
		full = false
	}
}

// readChain reads PEM certificates and nothing else.
func readChain(b []byte) (chain []*x509.Certificate, err error) {
	if len(b) > longestChain {
		return nil, fmt.Errorf("%w: a certificate chain of %d bytes, at most %d are allowed", proof.ErrForm, len(b), longestChain)
	}
	for len(b) > 0 {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil || block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("%w: want PEM certificates", proof.ErrForm)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", proof.ErrForm, err)
		}
		chain = append(chain, cert)
	}
	if len(chain) == 0 {
		return nil, fmt.Errorf("%w: no certificate", proof.ErrForm)
	}
	return chain, nil
}

// signer is who has sealed an item with a certificate that was published; the
// error is errUnknown when that one was not.
func (k *known) signer(it ingest.Item) (ingest.Sender, error) {
	if len(it.Sealed.Bytes) == 0 {
		return ingest.Sender{}, errors.New("the reading is not sealed by its device, and what a broker says of who sent it counts for nothing")
	}
	r, err := proof.OpenReading(flow.Sealed{Kind: proof.KindReading, Bytes: it.Sealed.Bytes})
	if err != nil {
		return ingest.Sender{}, err
	}
	k.mu.Lock()
	s, ok := k.of[r.Cert]
	k.mu.Unlock()
	if !ok {
		return ingest.Sender{}, errUnknown
	}
	return s, r.Verify(s.Chain[0])
}
