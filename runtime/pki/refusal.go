package pki

import (
	"crypto/x509"
	"errors"
	"fmt"
)

// The reasons for which a [Verifier] refuses. Each is wrapped in a [Refusal].
var (
	ErrNoCertificate = errors.New("no certificate was shown")
	ErrRevoked       = errors.New("it is revoked")
	ErrStale         = errors.New("its authority's revocation list is out of date")
	ErrNotYet        = errors.New("it is not valid yet")
	ErrExpired       = errors.New("it has expired")
	ErrSelfSigned    = errors.New("it is signed by itself")
	ErrStranger      = errors.New("its root is not one we trust")
	ErrPathLength    = errors.New("its chain is longer than an authority in it allows")
	ErrConstraint    = errors.New("its authority may not issue this name")
	ErrAuthority     = errors.New("it is not the certificate of a holder but of an authority")
	ErrKey           = errors.New("its key is not of a kind we use")
	ErrName          = errors.New("it does not carry exactly one name of ours")
	ErrExtension     = errors.New("an extension does not hold")
	ErrGroup         = errors.New("it has no group")
	ErrMismatch      = errors.New("its EPC is not the same in extension, subject and name")
	ErrDomain        = errors.New("its trust domain is not one of ours for this role")
	ErrUsage         = errors.New("its key purposes are not those of its role")
	ErrDirection     = errors.New("its role may not be on this side of a connection")
	ErrNotAllowed    = errors.New("it is good, but not allowed here")
)

// A Refusal says whose certificate was refused and why. Use errors.Is with one
// of the reasons above.
type Refusal struct {
	Who    string // the SPIFFE ID or else the subject that the certificate claims; unproven
	Reason error  // one of the reasons of this package
	Err    error  // details, or nil
}

// Error is one sentence.
func (r *Refusal) Error() string {
	s := fmt.Sprintf("certificate of %.200q refused: %v", r.Who, r.Reason)
	if r.Who == "" {
		s = fmt.Sprintf("refused: %v", r.Reason)
	}
	if r.Err != nil {
		s += ": " + r.Err.Error()
	}
	return s
}

// Unwrap gives the reason and the details.
func (r *Refusal) Unwrap() []error {
	if r.Err == nil {
		return []error{r.Reason}
	}
	return []error{r.Reason, r.Err}
}

// refuse makes a Refusal of a certificate.
func refuse(cert *x509.Certificate, reason, detail error) error {
	who, err := soleURI(cert)
	if err != nil {
		who = cert.Subject.String()
	}
	return &Refusal{Who: who, Reason: reason, Err: detail}
}
