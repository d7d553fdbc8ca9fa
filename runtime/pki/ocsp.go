package pki

import (
	"bytes"
	"crypto"
	"crypto/sha1" // names an authority in OCSP requests (RFC 5019, section 2.1.1), protects nothing
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"time"

	"golang.org/x/crypto/ocsp"
)

// ocspLife is how long an OCSP answer is good: an hour bounds how long a staple
// hides a revocation.
const ocspLife = time.Hour

// MaxOCSP is the most bytes of an OCSP request that is read.
const MaxOCSP = 4096

// OCSP answers a request of RFC 6960 about one certificate, from the same
// records that the revocation list is made of, with a response in DER. The
// response is never nil: what can't be answered gets one of the unsigned errors
// of RFC 6960, section 2.3, and err says why, for the log.
func (a *Authority) OCSP(request []byte, now time.Time) (response []byte, err error) {
	if len(request) > MaxOCSP {
		return ocsp.MalformedRequestErrorResponse, fmt.Errorf("OCSP: a request of %d bytes: at most %d are read", len(request), MaxOCSP)
	}
	req, err := ocsp.ParseRequest(request)
	if err != nil {
		return ocsp.MalformedRequestErrorResponse, fmt.Errorf("OCSP: %w", err)
	}
	for _, ca := range a.All() {
		if !ca.asked(req) {
			continue
		}
		response, err := ca.status(serialText(req.SerialNumber), req.HashAlgorithm, now)
		if err != nil {
			return ocsp.InternalErrorErrorResponse, fmt.Errorf("OCSP: %w", err)
		}
		return response, nil
	}
	return ocsp.UnauthorizedErrorResponse, fmt.Errorf("OCSP: the request is about an authority whose certificates we do not answer for")
}

// Staple is an OCSP response about a certificate that one of the CAs has
// issued, to be shown in a handshake.
func (a *Authority) Staple(cert *x509.Certificate, now time.Time) ([]byte, error) {
	for _, ca := range a.All() {
		if cert.CheckSignatureFrom(ca.Cert) == nil {
			return ca.status(Serial(cert), crypto.SHA1, now)
		}
	}
	return nil, fmt.Errorf("staple for %s: %w", cert.Subject, ErrNotIssued)
}

// asked reports whether a request is about a certificate of this CA.
func (ca *CA) asked(req *ocsp.Request) bool {
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(ca.Cert.RawSubjectPublicKeyInfo, &spki); err != nil {
		return false
	}
	var name, key []byte
	switch req.HashAlgorithm {
	case crypto.SHA1:
		n, k := sha1.Sum(ca.Cert.RawSubject), sha1.Sum(spki.Key.Bytes)
		name, key = n[:], k[:]
	case crypto.SHA256:
		n, k := sha256.Sum256(ca.Cert.RawSubject), sha256.Sum256(spki.Key.Bytes)
		name, key = n[:], k[:]
	}
	return key != nil && bytes.Equal(req.IssuerNameHash, name) && bytes.Equal(req.IssuerKeyHash, key)
}

// status is what this CA says about a serial number, signed. About one that was
// never given out nothing is kept: it may be tomorrow, and strangers make them up.
func (ca *CA) status(serial string, hash crypto.Hash, now time.Time) ([]byte, error) {
	l, q := ca.listed, question{serial, hash}
	l.mu.Lock()
	err := ca.refresh()
	_, issued := l.known[serial]
	r, revoked := l.state[serial]
	der, state := l.answers.get(q, now), l.answers.state
	l.mu.Unlock()
	if err != nil || der != nil {
		return der, err
	}
	number, err := parseSerial(serial)
	if err != nil {
		return nil, err
	}
	// In whole minutes, as package ocsp writes when the answer was made: it must
	// not be made before what it says was known.
	tmpl := ocsp.Response{
		SerialNumber: number, IssuerHash: hash, ThisUpdate: now.Truncate(time.Minute), NextUpdate: now.Add(ocspLife).Truncate(time.Minute),
	}
	switch {
	case revoked:
		tmpl.Status, tmpl.RevokedAt, tmpl.RevocationReason = ocsp.Revoked, r.At, int(r.Reason)
	case issued:
		tmpl.Status = ocsp.Good
	default:
		tmpl.Status = ocsp.Unknown
	}
	der, err = ocsp.CreateResponse(ca.Cert, ca.Cert, tmpl, ca.key)
	if err == nil && issued {
		l.mu.Lock()
		l.answers.put(q, der, now, state)
		l.mu.Unlock()
	}
	return der, err
}
