package pki

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// ArchiveFile is beside trust.pem once a root was withdrawn. It has what was ever
// believed: old records are verified by it for as long as they are kept. Nobody is
// let in by it.
const ArchiveFile = "archive.pem"

// Archive is what the authority in dir ever had others believe: its roots, those
// that were withdrawn among them, with what they have signed.
func Archive(dir string) (Trust, error) {
	var all []*x509.Certificate
	for _, d := range slices.Backward(generations(dir)) {
		for _, name := range []string{"issuing", "people"} {
			chain, err := LoadChain(filepath.Join(d, name, certFile))
			if err != nil {
				return Trust{}, fmt.Errorf("archive: %w", err)
			}
			all = append(all, chain[0], chain[len(chain)-1])
		}
		cross, err := loadCerts(filepath.Join(d, crossFile))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return Trust{}, fmt.Errorf("archive: %w", err)
		}
		all = append(all, cross...)
	}
	var once []*x509.Certificate
	for _, c := range all {
		if !slices.ContainsFunc(once, c.Equal) {
			once = append(once, c)
		}
	}
	return NewTrust(once)
}

// Below are the certificates that count still only as long as an old root, by the
// SHA-256 of its certificate, is believed: they are below it, have neither ended
// nor been revoked, and their holder has none below another root.
func (a *Authority) Below(root [32]byte, now time.Time) ([]Issuance, error) {
	var under, others []Issuance
	for _, o := range append([]*Authority{a}, a.Old...) {
		for _, ca := range []*CA{o.Issuing, o.People} {
			good, err := ca.good(now)
			if err != nil {
				return nil, err
			}
			if sha256.Sum256(o.root().Raw) == root {
				under = append(under, good...)
			} else {
				others = append(others, good...)
			}
		}
	}
	return slices.DeleteFunc(under, func(i Issuance) bool {
		if i.owner() == "" {
			return true // the CA service's own, which it makes anew
		}
		return slices.ContainsFunc(others, func(o Issuance) bool { return o.URI == i.URI && o.owner() == i.owner() })
	}), nil
}

// good are the certificates of a CA that have neither ended nor been revoked for
// good: a hold may be lifted.
func (ca *CA) good(now time.Time) ([]Issuance, error) {
	issued, err := ca.Issued()
	if err != nil {
		return nil, err
	}
	revoked, err := ca.Revocations()
	if err != nil {
		return nil, err
	}
	for _, r := range revoked {
		if r.Reason == CertificateHold {
			continue
		}
		issued = slices.DeleteFunc(issued, func(i Issuance) bool { return i.Serial == r.Serial })
	}
	return slices.DeleteFunc(issued, func(i Issuance) bool { return now.After(i.NotAfter) }), nil
}
