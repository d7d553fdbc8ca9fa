package pki

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/wardflow/wardflow/runtime/durable"
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

	cross      *x509.Certificate // in which the root before vouches for Root; nil: none
	generation int               // 1: the first
}

// Keys are the keys of new CAs: P-256, or P-384 for a root. They may be in
// tokens. For nil one is made.
type Keys struct{ Root, Issuing, People crypto.Signer }

// ErrExists reports that a CA is there already; it is never overwritten.
var ErrExists = errors.New("there is a CA already")

// NewAuthority makes a ministry root and a hospital's two CAs below it.
// hospital is their trust domain, such as h1.health.example.
func NewAuthority(hospital string, now time.Time) (*Authority, error) {
	return NewAuthorityWith(hospital, Keys{}, now)
}

// NewAuthorityWith is [NewAuthority] with given keys.
func NewAuthorityWith(hospital string, keys Keys, now time.Time) (*Authority, error) {
	root, err := newRoot(keys.Root, now)
	if err != nil {
		return nil, err
	}
	return root.HospitalWith(hospital, keys, now)
}

// Hospital makes the two CAs of a hospital below a ministry's root.
func (ca *CA) Hospital(hospital string, now time.Time) (*Authority, error) {
	return ca.HospitalWith(hospital, Keys{}, now)
}

// HospitalWith is [CA.Hospital] with given keys; keys.Root is not used.
func (ca *CA) HospitalWith(hospital string, keys Keys, now time.Time) (*Authority, error) {
	issuing, err := ca.issuing(hospital, keys.Issuing, now)
	if err != nil {
		return nil, err
	}
	people, err := ca.people(hospital, keys.People, now)
	if err != nil {
		return nil, err
	}
	a := &Authority{Root: ca, Issuing: issuing, People: people, generation: 1}
	a.rename()
	return a, nil
}

// Trust is what everybody in the hospital believes.
func (a *Authority) Trust() Trust {
	var t Trust
	for _, o := range slices.Backward(a.Old) {
		t.Roots = append(t.Roots, o.root())
		t.Issuers = append(t.Issuers, o.Issuing.Cert, o.People.Cert)
		if o.cross != nil {
			t.Cross = append(t.Cross, o.cross)
		}
	}
	t.Roots = append(t.Roots, a.root())
	t.Issuers = append(t.Issuers, a.Issuing.Cert, a.People.Cert)
	if a.cross != nil {
		t.Cross = append(t.Cross, a.cross)
	}
	return t
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

// Close lets go of keys that are in tokens; the authority can't sign with them
// any more. One whose keys are in files need not be closed.
func (a *Authority) Close() error {
	var errs []error
	for _, ca := range a.All() {
		errs = append(errs, closeKey(ca.key))
	}
	return errors.Join(errs...)
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
	if err := a.write(draft, seal); err != nil {
		return err
	}
	if err := SaveTrust(filepath.Join(draft, trustFile), a.Trust()); err != nil {
		return err
	}
	err = os.Rename(draft, dir)
	if errors.Is(err, os.ErrExist) || errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("save CA: %s: %w", dir, ErrExists)
	}
	if err != nil {
		return fmt.Errorf("save CA: %w", err)
	}
	a.moved(dir)
	return nil
}

// named are the CAs by the names of their directories.
func (a *Authority) named() map[string]*CA {
	all := map[string]*CA{"issuing": a.Issuing, "people": a.People}
	if a.Root != nil {
		all["root"] = a.Root
	}
	return all
}

func (a *Authority) write(dir string, seal Seal) error {
	for name, ca := range a.named() {
		if err := ca.write(filepath.Join(dir, name), seal); err != nil {
			return err
		}
	}
	return nil
}

// moved goes on with the records in a directory that write has filled.
func (a *Authority) moved(dir string) {
	for name, ca := range a.named() {
		ca.moved(filepath.Join(dir, name))
	}
}

// LoadAuthority reads what [Authority.Save] and [Authority.SaveBeside] wrote.
// Without the directory root the authority's Root is nil. A root's key is opened
// when it is first used, as it hardly ever is.
func LoadAuthority(dir string, open ...Opener) (*Authority, error) {
	gone, err := withdrawnRoots(dir)
	if err != nil {
		return nil, fmt.Errorf("load CA: %w", err)
	}
	var all []*Authority // newest first
	dirs := generations(dir)
	for i, d := range dirs {
		a, err := loadGeneration(d, len(dirs)-i, open)
		switch {
		case err != nil:
			err = errors.Join(err, closeAll(all))
			return nil, err
		case gone[fingerprint(a.root())]:
			err = a.Close()
		default:
			all = append(all, a)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(all) == 0 || all[0].generation != len(dirs) {
		return nil, errors.Join(fmt.Errorf("load CA: %s: its newest root was withdrawn", dir), closeAll(all))
	}
	for i, a := range all {
		if i+1 < len(all) && a.cross != nil && follows(a.cross, all[i+1].root(), a.cross.NotBefore) {
			continue
		}
		a.follow(nil) // the one before was withdrawn
	}
	all[0].Old = all[1:]
	return all[0], nil
}

// loadGeneration reads one authority, without those before it.
func loadGeneration(dir string, generation int, open []Opener) (*Authority, error) {
	a := Authority{generation: generation}
	var err error
	if a.Issuing, err = LoadCA(filepath.Join(dir, "issuing"), open...); err != nil {
		return nil, err
	}
	if a.People, err = LoadCA(filepath.Join(dir, "people"), open...); err != nil {
		return nil, errors.Join(err, closeKey(a.Issuing.key))
	}
	if a.Root, err = loadCA(filepath.Join(dir, "root"), open, true); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, errors.Join(err, closeKey(a.Issuing.key), closeKey(a.People.key))
	}
	cross, err := loadCerts(filepath.Join(dir, crossFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("load CA: %w", err), a.Close())
	}
	if len(cross) > 0 {
		a.follow(cross[0])
	}
	a.rename()
	return &a, nil
}

func closeAll(all []*Authority) error {
	var errs []error
	for _, a := range all {
		errs = append(errs, a.Close())
	}
	return errors.Join(errs...)
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
	if err == nil {
		err = durable.Folder(dir)
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
func LoadCA(dir string, open ...Opener) (*CA, error) { return loadCA(dir, open, false) }

func loadCA(dir string, open []Opener, late bool) (*CA, error) {
	chain, err := loadCerts(filepath.Join(dir, certFile))
	if err != nil {
		return nil, fmt.Errorf("load CA: %w", err)
	}
	var key crypto.Signer
	if late {
		key = &lateKey{public: chain[0].PublicKey, open: func() (crypto.Signer, error) { return openCAKey(dir, open) }}
	} else if key, err = openCAKey(dir, open); err != nil {
		return nil, fmt.Errorf("load CA: %w", err)
	}
	ca := &CA{
		Cert: chain[0], name: filepath.Base(dir), chain: chain, key: key,
		journal: &journal{path: filepath.Join(dir, issuedFile)}, listed: loadLists(dir),
	}
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
		return nil, errors.Join(fmt.Errorf("load CA: %s: %w", dir, err), closeKey(key))
	}
	return ca, nil
}
