package pki

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/durable"
)

// A root is replaced in three steps, none of which stops anything:
//
//	next, err := a.Roll(now)          // a new root, and its key vouched for by the old one
//	err = next.SaveBeside(dir, seal)  // everybody renews below it; both are believed
//	err = Withdraw(dir, old)          // what is still below the old one holds no more
//
// The link between the two is the certificate "new with old" of RFC 4210,
// section 4.4: the new root's name and key, signed by the old root. Whoever
// shows a certificate from below the new root shows it too, so that a node that
// has not heard of the new root yet can follow it (see [Verifier.Identify]), and
// [Adopt] accepts a new root only with it.

const (
	crossFile     = "cross.pem"
	withdrawnFile = "withdrawn"
)

// Roll makes a new root, a hospital's two CAs below it, and the old root's
// certificate for the new root's key. It needs a.Root. The authority it returns
// issues from now on and has a in its Old; a is as it was.
func (a *Authority) Roll(now time.Time) (*Authority, error) { return a.RollWith(Keys{}, now) }

// RollWith is [Authority.Roll] with given keys.
func (a *Authority) RollWith(keys Keys, now time.Time) (*Authority, error) {
	if a.Root == nil {
		return nil, errors.New("roll over: the old root's key must vouch for the new one: bring back its directory root")
	}
	next, err := NewAuthorityWith(a.Issuing.Domain(), keys, now)
	if err != nil {
		return nil, fmt.Errorf("roll over: %w", err)
	}
	cross, err := a.Root.vouch(next.Root.Cert, now)
	if err != nil {
		return nil, fmt.Errorf("roll over: %w", err)
	}
	next.generation = max(a.generation, 1) + 1
	next.Old = append([]*Authority{a}, a.Old...)
	next.follow(cross)
	next.rename()
	return next, nil
}

// vouch signs another root's name and key.
func (ca *CA) vouch(root *x509.Certificate, now time.Time) (*x509.Certificate, error) {
	if !bytes.Equal(root.RawSubject, ca.Cert.RawSubject) {
		return nil, fmt.Errorf("the roots have different names, %q and %q", root.Subject, ca.Cert.Subject)
	}
	tmpl := &x509.Certificate{
		RawSubject: root.RawSubject, IsCA: true, KeyUsage: root.KeyUsage, MaxPathLen: 1,
		// crypto/x509 does not fill it in where subject and issuer are the same.
		AuthorityKeyId: ca.Cert.SubjectKeyId,
		NotAfter:       root.NotAfter,
	}
	if err := setTimes(tmpl, ca.Cert, now); err != nil {
		return nil, err
	}
	cross, err := ca.sign(tmpl, ca.Cert, root.PublicKey)
	if err != nil {
		return nil, err
	}
	if err := ca.journal.add(record(cross, Holder{}, Note{})); err != nil {
		return nil, fmt.Errorf("log issuance: %w", err)
	}
	return cross, nil
}

// follow makes the authority's CAs show that its root follows an older one; nil:
// not any more.
func (a *Authority) follow(cross *x509.Certificate) {
	a.cross, a.Issuing.cross, a.People.cross = cross, cross, cross
}

// rename gives the CAs of a later generation names of their own.
func (a *Authority) rename() {
	for name, ca := range map[string]*CA{"root": a.Root, "issuing": a.Issuing, "people": a.People} {
		if ca != nil && a.generation > 1 {
			name += "-" + strconv.Itoa(a.generation)
		}
		if ca != nil {
			ca.name = name
		}
	}
}

// SaveBeside adds a rolled-over authority to the directory of the one before,
// and the trust there then has both roots. It happens at once: whoever loads the
// directory finds the old authority or the new.
func (a *Authority) SaveBeside(dir string, seal Seal) error {
	wrap := func(err error) error { return fmt.Errorf("save rolled-over CA: %w", err) }
	if a.generation < 2 {
		return wrap(errors.New("it is the first one: use Save"))
	}
	draft, err := os.MkdirTemp(dir, "draft.*")
	if err != nil {
		return wrap(err)
	}
	defer os.RemoveAll(draft) // gone already when all went well
	if err := os.Chmod(draft, 0o755); err != nil {
		return wrap(err)
	}
	if err := a.write(draft, seal); err != nil {
		return wrap(err)
	}
	if err := createFile(filepath.Join(draft, crossFile), encodeCerts([]*x509.Certificate{a.cross}), 0o644); err != nil {
		return wrap(err)
	}
	to := filepath.Join(dir, strconv.Itoa(a.generation))
	if _, err := os.Lstat(to); err == nil {
		return wrap(fmt.Errorf("%s: %w", to, ErrExists))
	}
	if err := os.Rename(draft, to); err != nil {
		return wrap(err)
	}
	a.moved(to)
	if err := SaveTrust(filepath.Join(dir, trustFile), a.Trust()); err != nil {
		return wrap(err)
	}
	return nil
}

// Withdraw ends the belief in an old root of the authority in dir, by the
// SHA-256 of its certificate: its CAs are no longer among Old, and the trust
// there is without it. Nothing is deleted: [ArchiveFile] there has all roots still,
// for the records that were made below them. See [Authority.Below] first.
func Withdraw(dir string, root [32]byte, open ...Opener) error {
	wrap := func(err error) error { return fmt.Errorf("withdraw root %x: %w", root[:8], err) }
	a, err := LoadAuthority(dir, open...)
	if err != nil {
		return wrap(err)
	}
	if sha256.Sum256(a.root().Raw) == root {
		return wrap(errors.New("it is the newest one: roll over first"))
	}
	old := slices.IndexFunc(a.Old, func(o *Authority) bool { return sha256.Sum256(o.root().Raw) == root })
	if old < 0 {
		return wrap(errors.New("it is not an old root of this authority"))
	}
	ever, err := Archive(dir)
	if err == nil {
		err = SaveTrust(filepath.Join(dir, ArchiveFile), ever)
	}
	if err != nil {
		return wrap(err)
	}
	file := filepath.Join(dir, withdrawnFile)
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return wrap(err)
	}
	if err := durable.Replace(file, fmt.Appendf(before, "%x\n", root), 0o644); err != nil {
		return wrap(err)
	}
	if a, err = LoadAuthority(dir, open...); err != nil {
		return wrap(err)
	}
	if err := SaveTrust(filepath.Join(dir, trustFile), a.Trust()); err != nil {
		return wrap(err)
	}
	return nil
}

// withdrawnRoots are the roots that were withdrawn from the authority in dir, by
// the hex of their SHA-256.
func withdrawnRoots(dir string) (map[string]bool, error) {
	b, err := os.ReadFile(filepath.Join(dir, withdrawnFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	all := make(map[string]bool)
	for _, s := range strings.Fields(string(b)) {
		all[s] = true
	}
	return all, nil
}

// generations are the directories of the authorities in dir, newest first.
func generations(dir string) []string {
	all := []string{dir}
	for n := 2; ; n++ {
		next := filepath.Join(dir, strconv.Itoa(n))
		if _, err := os.Stat(next); err != nil {
			slices.Reverse(all)
			return all
		}
		all = append(all, next)
	}
}

func (a *Authority) root() *x509.Certificate { return a.Issuing.chain[len(a.Issuing.chain)-1] }

func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// follows reports whether cross is a certificate "new with old": a self-issued
// one of an authority, good at now, in which old vouches for another root's key.
func follows(cross, old *x509.Certificate, now time.Time) bool {
	return cross.BasicConstraintsValid && cross.IsCA && bytes.Equal(cross.RawSubject, cross.RawIssuer) &&
		!samePublic(cross.PublicKey, old.PublicKey) && bytes.Equal(cross.RawIssuer, old.RawSubject) &&
		len(cross.UnhandledCriticalExtensions) == 0 &&
		!now.Before(cross.NotBefore) && !now.After(cross.NotAfter) && !now.Before(old.NotBefore) && !now.After(old.NotAfter) &&
		cross.CheckSignatureFrom(old) == nil
}

func samePublic(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}
