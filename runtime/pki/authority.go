package pki

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
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

	// Old are the authorities before the last roll-overs, newest first, until
	// they are withdrawn. They issue nothing any more, but go on to publish
	// whom they have revoked.
	Old []*Authority
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

// All are the CAs whose keys are here, with those of Old: each has a revocation
// list of its own.
func (a *Authority) All() []*CA {
	var all []*CA
	for _, ca := range []*CA{a.Issuing, a.People, a.Root} {
		if ca != nil {
			all = append(all, ca)
		}
	}
	for _, o := range a.Old {
		all = append(all, o.All()...)
	}
	return all
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

// Save writes the CAs and the trust to dir, all or nothing, and from now on
// issuances are logged there. dir must not exist or be empty: a CA is never
// overwritten, and the error then wraps [ErrExists].
func (a *Authority) Save(dir string, seal Seal) error {
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return fmt.Errorf("save CA: %w", err)
	}
	draft, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".*")
	if err != nil {
		return fmt.Errorf("save CA: %w", err)
	}
	defer os.RemoveAll(draft)                      // gone already when all went well
	if err := os.Chmod(draft, 0o755); err != nil { // the keys in it stay closed
		return fmt.Errorf("save CA: %w", err)
	}
	cas := map[string]*CA{"root": a.Root, "issuing": a.Issuing, "people": a.People}
	for name, ca := range cas {
		if ca == nil {
			continue
		}
		if err := ca.write(filepath.Join(draft, name), seal); err != nil {
			return err
		}
	}
	if err := SaveTrust(filepath.Join(draft, "trust.pem"), a.Trust()); err != nil {
		return err
	}
	err = os.Rename(draft, dir)
	if errors.Is(err, os.ErrExist) || errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("save CA: %s: %w", dir, ErrExists)
	}
	if err != nil {
		return fmt.Errorf("save CA: %w", err)
	}
	for name, ca := range cas {
		if ca != nil {
			ca.moved(filepath.Join(dir, name))
		}
	}
	return nil
}

// LoadAuthority reads what [Authority.Save] wrote. Without the directory root
// the authority's Root is nil.
func LoadAuthority(dir string, open ...Opener) (*Authority, error) {
	var a Authority
	var err error
	if a.Issuing, err = LoadCA(filepath.Join(dir, "issuing"), open...); err != nil {
		return nil, err
	}
	if a.People, err = LoadCA(filepath.Join(dir, "people"), open...); err != nil {
		return nil, err
	}
	if a.Root, err = LoadCA(filepath.Join(dir, "root"), open...); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return &a, nil
}

// Save writes the CA's chain, key and list of issuances to dir, and from now on
// issuances are logged there. A CA that is there already is left as it is, and
// the error wraps [ErrExists].
func (ca *CA) Save(dir string, seal Seal) error {
	if err := ca.write(dir, seal); err != nil {
		return err
	}
	ca.moved(dir)
	return nil
}

// moved goes on with the CA's records in the directory that write has filled.
func (ca *CA) moved(dir string) {
	ca.journal.move(filepath.Join(dir, issuedFile))
	ca.listed.move(dir)
}

func (ca *CA) write(dir string, seal Seal) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = seal.write(dir, ca.key)
	}
	if err == nil {
		err = createFile(filepath.Join(dir, certFile), encodeCerts(ca.chain), 0o644)
	}
	if err == nil {
		err = ca.journal.copy(filepath.Join(dir, issuedFile))
	}
	if err == nil {
		err = ca.listed.copy(dir)
	}
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("save CA: %s: %w", dir, ErrExists)
	}
	if err != nil {
		return fmt.Errorf("save CA: %w", err)
	}
	return nil
}

// LoadCA reads what [CA.Save] wrote. A key that others can read is refused with
// [ErrExposed], one that none of open can open with [ErrSealed].
func LoadCA(dir string, open ...Opener) (*CA, error) {
	chain, err := loadCerts(filepath.Join(dir, certFile))
	if err != nil {
		return nil, fmt.Errorf("load CA: %w", err)
	}
	key, err := openCAKey(dir, open)
	if err != nil {
		return nil, fmt.Errorf("load CA: %w", err)
	}
	ca := &CA{Cert: chain[0], chain: chain, key: key, journal: &journal{path: filepath.Join(dir, issuedFile)}, listed: loadLists(dir)}
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
