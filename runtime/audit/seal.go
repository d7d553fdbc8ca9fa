package audit

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Seal is the node's signature of the entry before it, and so of all before.
type Seal struct {
	At        time.Time `json:"at"`
	Head      Hash      `json:"head"`      // of the entry before
	Chain     [][]byte  `json:"chain"`     // DER, leaf first
	Signature []byte    `json:"signature"` // ECDSA as ASN.1, or Ed25519, of sealText's SHA-256
}

// A Judge says whose a chain is, leaf first, if it was good at that time.
type Judge func(chain []*x509.Certificate, at time.Time) (flow.Identity, error)

// sealText is what a seal signs.
func sealText(node flow.NodeID, head Hash, at time.Time) []byte {
	h := sha256.New()
	h.Write([]byte("wardflow audit seal 1\x00"))
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(node))))
	h.Write([]byte(node))
	h.Write(head[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(at.UnixNano())))
	return h.Sum(nil)
}

func newSeal(s flow.Signer, node flow.NodeID, head Hash, now time.Time) (*Seal, error) {
	if s.Key == nil || len(s.Chain) == 0 {
		return nil, errors.New("seal the audit record: this node has no certificate")
	}
	seal := &Seal{At: now.UTC().Round(0), Head: head}
	for _, c := range s.Chain {
		seal.Chain = append(seal.Chain, c.Raw)
	}
	hash := crypto.SHA256
	if _, ok := s.Key.Public().(ed25519.PublicKey); ok {
		hash = crypto.Hash(0)
	}
	var err error
	if seal.Signature, err = s.Key.Sign(rand.Reader, sealText(node, head, seal.At), hash); err != nil {
		return nil, fmt.Errorf("seal the audit record: %w", err)
	}
	return seal, nil
}

// check says what is wrong with a seal that stands after the entry with the hash
// head. Without a judge nobody asks who signed it.
func (s *Seal) check(node flow.NodeID, head Hash, judge Judge) error {
	if s.Head != head {
		return errors.New("the seal is of another entry than the one before it")
	}
	var chain []*x509.Certificate
	for _, der := range s.Chain {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return fmt.Errorf("the certificate of the seal: %w", err)
		}
		chain = append(chain, c)
	}
	if len(chain) == 0 {
		return errors.New("the seal has no certificate")
	}
	if err := checkSignature(chain[0].PublicKey, sealText(node, head, s.At), s.Signature); err != nil {
		return err
	}
	if judge == nil {
		return nil
	}
	id, err := judge(chain, s.At)
	if err != nil {
		return fmt.Errorf("the certificate of the seal: %w", err)
	}
	if id.Role != flow.RoleNode || id.Name != string(node) {
		return fmt.Errorf("sealed by %s, and not by the node %s", id.URI, node)
	}
	return nil
}

func checkSignature(key crypto.PublicKey, text, signature []byte) error {
	good := false
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		good = ecdsa.VerifyASN1(k, text, signature)
	case ed25519.PublicKey:
		good = ed25519.Verify(k, text, signature)
	default:
		return fmt.Errorf("the seal's key is a %T", key)
	}
	if !good {
		return errors.New("the seal's signature is not of its certificate's key")
	}
	return nil
}
