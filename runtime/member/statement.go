package member

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A statement is all that a node says of itself, with its certificate chain,
// signed. It is handed on as the bytes it came in.
type statement struct {
	raw   []byte
	chain []*x509.Certificate // leaf first
	info  flow.NodeInfo
	at    number
	left  bool // the node said goodbye
	keys  []string
	leaf  [32]byte
	body  []byte // what is signed
	sig   []byte
}

const (
	statementFormat = 1
	maxStatement    = 24 << 10 // bytes, so that one fits into a gossip packet
	maxChain        = 4        // certificates
)

type statementBody struct {
	Info flow.NodeInfo `json:"info"`
	Seq  uint64        `json:"seq"`
	Left bool          `json:"left,omitempty"`
	Keys []string      `json:"keys,omitempty"` // gossip keys it has, the one in use first
}

// state makes a statement: format, count of certificates, each of them, body,
// signature, all but the first two as counted strings.
func state(s flow.Signer, says statementBody) (*statement, error) {
	body, err := json.Marshal(says)
	if err != nil {
		return nil, err
	}
	sig, err := sign(s, signedStatement, body)
	if err != nil {
		return nil, err
	}
	if len(s.Chain) == 0 || len(s.Chain) > maxChain {
		return nil, fmt.Errorf("certificate chain of %d: want 1 to %d", len(s.Chain), maxChain)
	}
	raw := []byte{statementFormat, byte(len(s.Chain))}
	for _, c := range s.Chain {
		raw = appendBytes(raw, c.Raw)
	}
	raw = appendBytes(appendBytes(raw, body), sig)
	if len(raw) > maxStatement {
		return nil, fmt.Errorf("what the node says of itself is %d bytes, at most %d can be gossiped: state fewer attributes", len(raw), maxStatement)
	}
	return readStatement(raw)
}

// readStatement takes a statement apart. Nothing of it is checked yet.
func readStatement(b []byte) (*statement, error) {
	if len(b) > maxStatement {
		return nil, fmt.Errorf("statement of %d bytes, at most %d", len(b), maxStatement)
	}
	if len(b) < 2 {
		return nil, errShort
	}
	if b[0] != statementFormat {
		return nil, fmt.Errorf("statement in format %d is not known here: its node runs a newer wardflow", b[0])
	}
	s := &statement{raw: bytes.Clone(b)}
	n, rest := int(b[1]), s.raw[2:]
	if n == 0 || n > maxChain {
		return nil, fmt.Errorf("statement with %d certificates: want 1 to %d", n, maxChain)
	}
	for range n {
		der, r, err := readBytes(rest)
		if err != nil {
			return nil, err
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		s.chain, rest = append(s.chain, c), r
	}
	var err error
	if s.body, rest, err = readBytes(rest); err != nil {
		return nil, err
	}
	if s.sig, rest, err = readBytes(rest); err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%d bytes follow the statement", len(rest))
	}
	var body statementBody
	if err := json.Unmarshal(s.body, &body); err != nil {
		return nil, err
	}
	s.info, s.left, s.keys = body.Info, body.Left, body.Keys
	s.at = number{body.Info.Boot, body.Seq}
	s.leaf = sha256.Sum256(s.chain[0].Raw)
	return s, nil
}

// A Verifier tells who holds a certificate: package pki's does.
type Verifier interface {
	// Identify checks a chain, leaf first, at the time now.
	Identify(chain []*x509.Certificate, now time.Time) (flow.Identity, error)
}

var errName = errors.New("the certificate is another node's")

// check verifies a statement: chain, name and signature.
func (s *statement) check(v Verifier, now time.Time) error {
	id, err := v.Identify(s.chain, now)
	switch {
	case err != nil:
		return err
	case id.Role != flow.RoleNode:
		return fmt.Errorf("the certificate is a %s's, not a node's", id.Role)
	case id.Name != string(s.info.ID):
		return fmt.Errorf("%w: %s", errName, id.URI)
	}
	if err := checkZone(s.info.Attributes[zone], id.Group); err != nil {
		return err
	}
	return checkSignature(s.chain[0], signedStatement, s.body, s.sig)
}
