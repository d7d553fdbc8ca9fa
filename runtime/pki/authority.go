package pki

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Authority is the three CAs that vouch for one hospital. On disk each has
// a directory of its own, and trust.pem beside them is for everybody:
//
//	ca/root/     the ministry's; may be taken away to a safe place
//	ca/issuing/  machines
//	ca/people/   staff and patients
//	ca/trust.pem
type Authority struct {
	Root    *CA // nil: kept elsewhere, so there are no new CAs
	Issuing *CA
	People  *CA
}

// ErrExists reports that a CA is there already; it is never overwritten.
var ErrExists = errors.New("there is a CA already")

// NewAuthority makes a ministry root and a hospital's two CAs below it.
// hospital is their trust domain, such as h1.health.example.
func NewAuthority(hospital string, now time.Time) (*Authority, error) {
	root, err := NewRoot(now)
	if err != nil {
		return nil, err
	}
	return root.Hospital(hospital, now)
}

// Hospital makes the two CAs of a hospital below a ministry's root.
func (ca *CA) Hospital(hospital string, now time.Time) (*Authority, error) {
	issuing, err := ca.Issuing(hospital, now)
	if err != nil {
		return nil, err
	}
	people, err := ca.People(hospital, now)
	if err != nil {
		return nil, err
	}
	return &Authority{Root: ca, Issuing: issuing, People: people}, nil
}

// Trust is what everybody in the hospital believes.
func (a *Authority) Trust() Trust {
	root := a.Issuing.chain[len(a.Issuing.chain)-1]
	return Trust{Roots: []*x509.Certificate{root}, Issuers: []*x509.Certificate{a.Issuing.Cert, a.People.Cert}}
}

// Enroll makes a P-256 key and a certificate for it. The request's Key is not
// used; which of the CAs issues follows from its role.
func (a *Authority) Enroll(req Request, now time.Time) (flow.Signer, error) {
	key, err := NewKey()
	if err != nil {
		return flow.Signer{}, fmt.Errorf("enroll %s: %w", req.Role, err)
	}
	ca := a.Issuing
	if profiles[req.Role].people {
		ca = a.People
	}
	req.Key = key.Public()
	chain, err := ca.Issue(req, now)
	if err != nil {
		return flow.Signer{}, err
	}
	return NewSigner(key, chain)
}

// Save writes the CAs and the trust to dir. If there is a CA already it is left
// as it is, and the error wraps [ErrExists].
func (a *Authority) Save(dir string) error {
	for name, ca := range map[string]*CA{"root": a.Root, "issuing": a.Issuing, "people": a.People} {
		if ca == nil {
			continue
		}
		if err := ca.Save(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return SaveTrust(filepath.Join(dir, "trust.pem"), a.Trust())
}

// LoadAuthority reads what [Authority.Save] wrote. Without the directory root
// the authority's Root is nil.
func LoadAuthority(dir string) (*Authority, error) {
	var a Authority
	var err error
	if a.Issuing, err = LoadCA(filepath.Join(dir, "issuing")); err != nil {
		return nil, err
	}
	if a.People, err = LoadCA(filepath.Join(dir, "people")); err != nil {
		return nil, err
	}
	if a.Root, err = LoadCA(filepath.Join(dir, "root")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return &a, nil
}

// Save writes the CA's chain, key and list of issuances to dir, and from now on
// issuances are appended there. See [Authority.Save] about a CA that is there.
func (ca *CA) Save(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = savePair(dir, ca.key, ca.chain, createFile)
	}
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("save CA: %s: %w", dir, ErrExists)
	}
	if err != nil {
		return fmt.Errorf("save CA: %w", err)
	}
	ca.journal.mu.Lock()
	defer ca.journal.mu.Unlock()
	ca.journal.path = filepath.Join(dir, issuedFile)
	issued := ca.journal.kept
	ca.journal.kept = nil
	if err := ca.journal.write(issued...); err != nil {
		return fmt.Errorf("save CA: %w", err)
	}
	return nil
}

// LoadCA reads what [CA.Save] wrote. A key that others can read is refused with
// [ErrExposed].
func LoadCA(dir string) (*CA, error) {
	key, chain, err := loadPair(dir)
	if err != nil {
		return nil, fmt.Errorf("load CA: %w", err)
	}
	ca := &CA{Cert: chain[0], chain: chain, key: key, journal: &journal{path: filepath.Join(dir, issuedFile)}}
	last := chain[len(chain)-1]
	switch {
	case !chain[0].IsCA:
		err = errors.New("not the certificate of an authority")
	case !sameKey(key, chain[0]):
		err = errors.New("key and certificate do not belong together")
	case !selfSigned(last):
		err = errors.New("the chain does not end with a root")
	}
	for i, c := range chain[1:] {
		if err == nil {
			err = chain[i].CheckSignatureFrom(c)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("load CA: %s: %w", dir, err)
	}
	return ca, nil
}
