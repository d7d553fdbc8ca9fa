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
	"sync/atomic"

	"github.com/veraison/go-cose"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A sort of signed statement: what its protected header and its external
// additional data say, so that one can never pass for another.
type sort struct{ content, external string }

var (
	chunkSort    = sort{"application/vnd.wardflow.reading+cbor", "wardflow.chunk/1"}
	windowSort   = sort{"application/vnd.wardflow.window+cbor", "wardflow.window/1"}
	judgmentSort = sort{"application/vnd.wardflow.judgment+cbor", "wardflow.judgment/1"}
)

const signatureLen = 64 // r and s of P-256

// A signed is an opened COSE_Sign1.
type signed struct {
	sort      sort
	payload   []byte
	signer    [32]byte // SHA-256 of the leaf certificate, from the protected header
	signature []byte

	held atomic.Pointer[x509.Certificate] // by which the signature was found to hold
}

func (s *signed) message() *cose.Sign1Message {
	m := cose.NewSign1Message()
	m.Headers.Protected.SetAlgorithm(cose.AlgorithmES256)
	m.Headers.Protected[cose.HeaderLabelContentType] = s.sort.content
	m.Headers.Protected[cose.HeaderLabelKeyID] = s.signer[:]
	m.Payload = s.payload
	m.Signature = s.signature
	return m
}

// sign makes a COSE_Sign1 of the payload.
func sign(by flow.Signer, k sort, payload []byte) ([]byte, error) {
	b, _, err := signOpen(by, k, payload)
	return b, err
}

// signOpen is sign, and gives what [open] would make of the bytes, found to hold.
func signOpen(by flow.Signer, k sort, payload []byte) ([]byte, *signed, error) {
	if err := canSign(by); err != nil {
		return nil, nil, err
	}
	signer, err := cose.NewSigner(cose.AlgorithmES256, by.Key)
	if err != nil {
		return nil, nil, err
	}
	s := &signed{sort: k, payload: payload, signer: sha256.Sum256(by.Chain[0].Raw)}
	m := s.message()
	if err := m.Sign(rand.Reader, []byte(k.external), signer); err != nil {
		return nil, nil, err
	}
	s.signature = m.Signature
	s.held.Store(by.Chain[0])
	b, err := m.MarshalCBOR()
	return b, s, err
}

// canSign reports what is wrong with a signer: it needs a P-256 key and the
// certificate of that key.
func canSign(by flow.Signer) error {
	if by.Key == nil || len(by.Chain) == 0 {
		return errors.New("the signer has no key or no certificate")
	}
	pub, ok := by.Key.Public().(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return fmt.Errorf("the signer's key is a %T; want a P-256 key", by.Key.Public())
	}
	if !pub.Equal(by.Chain[0].PublicKey) {
		return errors.New("the signer's key is not that of its certificate")
	}
	return nil
}

// open reads a COSE_Sign1 of the given sort. It does not verify.
func open(b []byte, k sort) (*signed, error) {
	var m cose.Sign1Message
	if err := m.UnmarshalCBOR(b); errors.Is(err, cose.ErrEmptySignature) {
		return nil, ErrUnsigned
	} else if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrForm, err)
	}
	s := &signed{sort: k, payload: m.Payload, signature: m.Signature}
	kid, _ := m.Headers.Protected[cose.HeaderLabelKeyID].([]byte)
	if len(kid) != len(s.signer) {
		return nil, fmt.Errorf("%w: the key is named by %d bytes, want the 32 of its certificate's SHA-256", ErrForm, len(kid))
	}
	copy(s.signer[:], kid)
	if len(s.signature) != signatureLen {
		return nil, fmt.Errorf("%w: the signature has %d bytes, want %d", ErrForm, len(s.signature), signatureLen)
	}
	if content, _ := m.Headers.Protected[cose.HeaderLabelContentType].(string); content != k.content {
		return nil, fmt.Errorf("%w: the content type is %q, want %q", ErrForm, content, k.content)
	}
	// Written again from what was understood, it must be the same bytes: so
	// there is no other header, and no longer form of a length.
	again, err := s.message().MarshalCBOR()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrForm, err)
	}
	if !bytes.Equal(again, b) {
		return nil, fmt.Errorf("%w: the encoding is not deterministic", ErrForm)
	}
	return s, nil
}

// verify checks the signature by a certificate. It does not check that the
// certificate is valid. The error wraps bad, or [ErrCertificate] when it is
// another certificate than the signature names.
func (s *signed) verify(cert *x509.Certificate, bad error) error {
	if held := s.held.Load(); held != nil && (held == cert || bytes.Equal(held.Raw, cert.Raw)) {
		return nil // neither has changed since
	}
	if sha256.Sum256(cert.Raw) != s.signer {
		return fmt.Errorf("%w: the signature names the certificate %x, this is %x", ErrCertificate, s.signer[:4], fingerprint(cert))
	}
	pub, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return fmt.Errorf("%w: its key is not a P-256 key", ErrCertificate)
	}
	v, err := cose.NewVerifier(cose.AlgorithmES256, pub)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrCertificate, err)
	}
	if err := s.message().Verify([]byte(s.sort.external), v); err != nil {
		return bad
	}
	s.held.Store(cert)
	return nil
}

// fingerprint is enough of a certificate's SHA-256 for people to compare.
func fingerprint(cert *x509.Certificate) []byte {
	h := sha256.Sum256(cert.Raw)
	return h[:4]
}
