package proof

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/veraison/go-cose"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A statement is what a person or a machine says over its own name, complete
// with the certificates: a deployment, a policy. It is COSE_Sign1 (RFC 9052)
// with ES256 and the chain in the protected header as x5chain (RFC 9360,
// section 2), so who reads it needs nothing but the roots.

// MaxStatement is how many bytes a signed statement may have, certificates and all.
const MaxStatement = 256 << 10

// maxKind is how many bytes the kind of a statement may have.
const maxKind = 64

// A Statement is a signed statement, opened: its signature holds by the first
// certificate of Chain. Whether that certificate holds, and may say such a
// thing, is for the caller to judge.
type Statement struct {
	Kind  string              // what sort of thing is said; never "", at most 64 bytes
	Body  []byte              // what is said, in a form that Kind implies
	At    time.Time           // when, by the signer's clock, in UTC
	Chain []*x509.Certificate // of the signer, leaf first
}

const (
	statementContent  = "application/vnd.wardflow.statement+cbor"
	statementExternal = "wardflow.statement/1"
)

// said is the payload of a statement.
type said struct {
	Version uint   `cbor:"1,keyasint"`
	Kind    string `cbor:"2,keyasint"`
	At      int64  `cbor:"3,keyasint"` // ns since 1970
	Body    []byte `cbor:"4,keyasint"`
}

// SignStatement says body, of some kind and at a time, with the key of s (P-256).
// The whole chain of s goes with it. A kind or time that could not be opened
// again, or more than [MaxStatement] bytes, is [ErrForm].
func SignStatement(s flow.Signer, kind string, body []byte, at time.Time) ([]byte, error) {
	fail := func(err error) ([]byte, error) { return nil, fmt.Errorf("sign %s: %w", kind, err) }
	if err := canSign(s); err != nil {
		return fail(err)
	}
	if err := text("the kind of the statement", kind, maxKind, true); err != nil {
		return fail(err)
	}
	ns, err := nanos("the time of the statement", at)
	if err != nil {
		return fail(err)
	}
	if body == nil {
		body = []byte{} // CBOR tells them apart, and there is one form
	}
	payload, err := encoding.Marshal(said{Version: version, Kind: kind, At: ns, Body: body})
	if err != nil {
		return fail(err)
	}
	m := statementMessage(payload, s.Chain)
	signer, err := cose.NewSigner(cose.AlgorithmES256, s.Key)
	if err != nil {
		return fail(err)
	}
	if err := m.Sign(rand.Reader, []byte(statementExternal), signer); err != nil {
		return fail(err)
	}
	b, err := m.MarshalCBOR()
	if err != nil {
		return fail(err)
	}
	if len(b) > MaxStatement || len(s.Chain) > maxChain {
		return fail(fmt.Errorf("%w: %d bytes with %d certificates, at most %d and %d are allowed", ErrForm, len(b), len(s.Chain), MaxStatement, maxChain))
	}
	return b, nil
}

// OpenStatement opens what [SignStatement] made, strictly: the encoding has one
// form, and all of it but the signature lies under the signature. Bytes of another form are [ErrForm], a signature
// that is not there [ErrUnsigned], and one that the first certificate's key has
// not made, or a key that is not on P-256, [ErrCertificate].
func OpenStatement(b []byte) (*Statement, error) {
	st, err := openStatement(b)
	if err != nil {
		return nil, fmt.Errorf("open statement: %w", err)
	}
	return st, nil
}

func openStatement(b []byte) (*Statement, error) {
	if len(b) > MaxStatement {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrForm, len(b), MaxStatement)
	}
	var m cose.Sign1Message
	if err := m.UnmarshalCBOR(b); errors.Is(err, cose.ErrEmptySignature) {
		return nil, ErrUnsigned
	} else if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrForm, err)
	}
	chain, err := chainIn(m.Headers.Protected[cose.HeaderLabelX5Chain])
	if err != nil {
		return nil, err
	}
	again := statementMessage(m.Payload, chain)
	again.Signature = m.Signature
	if out, err := again.MarshalCBOR(); err != nil || !bytes.Equal(out, b) {
		return nil, fmt.Errorf("%w: the encoding is not the one of a signed statement", ErrForm)
	}
	var s said
	if err := decode(m.Payload, &s); err != nil {
		return nil, err
	}
	if s.Version != version {
		return nil, fmt.Errorf("%w: version %d, this program reads %d", ErrForm, s.Version, version)
	}
	if err := text("the kind of the statement", s.Kind, maxKind, true); err != nil {
		return nil, err
	}
	if err := holdsBy(again, chain[0]); err != nil {
		return nil, err
	}
	return &Statement{Kind: s.Kind, Body: s.Body, At: instant(s.At), Chain: chain}, nil
}

// Says names the statement: SHA-256 of its bytes.
func Says(statement []byte) [32]byte { return sha256.Sum256(statement) }

func statementMessage(payload []byte, chain []*x509.Certificate) *cose.Sign1Message {
	m := cose.NewSign1Message()
	m.Headers.Protected.SetAlgorithm(cose.AlgorithmES256)
	m.Headers.Protected[cose.HeaderLabelContentType] = statementContent
	m.Headers.Protected[cose.HeaderLabelX5Chain] = chainOut(chain)
	m.Payload = payload
	return m
}

// chainOut is COSE_X509: a byte string for one certificate, an array for more.
func chainOut(chain []*x509.Certificate) any {
	if len(chain) == 1 {
		return chain[0].Raw
	}
	all := make([]any, len(chain))
	for i, c := range chain {
		all[i] = c.Raw
	}
	return all
}

func chainIn(header any) ([]*x509.Certificate, error) {
	var ders [][]byte
	switch h := header.(type) {
	case []byte:
		ders = [][]byte{h}
	case []any:
		for _, e := range h {
			der, _ := e.([]byte)
			ders = append(ders, der)
		}
	}
	if len(ders) == 0 || len(ders) > maxChain {
		return nil, fmt.Errorf("%w: x5chain has %d certificates, want 1 to %d", ErrForm, len(ders), maxChain)
	}
	chain := make([]*x509.Certificate, len(ders))
	for i, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%w: certificate %d of x5chain: %v", ErrForm, i+1, err)
		}
		chain[i] = c
	}
	return chain, nil
}

// holdsBy checks the signature of a statement by a certificate's key.
func holdsBy(m *cose.Sign1Message, cert *x509.Certificate) error {
	pub, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return fmt.Errorf("%w: its key is not a P-256 key", ErrCertificate)
	}
	v, err := cose.NewVerifier(cose.AlgorithmES256, pub)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrCertificate, err)
	}
	if err := m.Verify([]byte(statementExternal), v); err != nil {
		return fmt.Errorf("%w: the key of %s has not signed this, or it was changed since", ErrCertificate, cert.Subject)
	}
	return nil
}
