package pki

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// ListLife is how long a hospital's revocation list is good. A new one is made
// when something is revoked, and every ten minutes by the CA service. A root's,
// which is fetched from a safe place to sign it, is good for a year.
const (
	ListLife     = 24 * time.Hour
	rootListLife = year
)

// oidExpiredOnList says from when on certificates stay on the list after they have
// expired (ITU-T X.509, expiredCertsOnCRL); ours do from the beginning.
var oidExpiredOnList = asn1.ObjectIdentifier{2, 5, 29, 60}

// ErrNotIssued reports a serial number that the CA has not given out.
var ErrNotIssued = errors.New("this CA has issued no certificate with this serial number")

// ErrRevokedForGood reports that a revocation can't be taken back: only a
// certificate on hold can be reinstated (RFC 5280, section 5.3.1).
var ErrRevokedForGood = errors.New("it is revoked for good")

// lists are what a CA has revoked and the newest list it has signed, in a
// directory or in memory until the CA is saved.
type lists struct {
	mu      sync.Mutex // guards what follows, and is held while a list is made
	dir     string     // "" in memory
	newest  []byte     // DER, while dir is ""
	revoked ledger[Revocation]
	readTo  int64 // of revoked
	state   map[string]Revocation
	known   map[string]bool // serials of what was issued
	knownTo int64           // of the CA's journal
}

func loadLists(dir string) *lists {
	l := &lists{}
	l.move(dir)
	return l
}

func (l *lists) move(dir string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.revoked.move(filepath.Join(dir, revokedFile))
	l.dir, l.newest, l.readTo, l.knownTo, l.state, l.known = dir, nil, 0, 0, nil, nil
}

func (l *lists) copy(dir string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.revoked.copy(filepath.Join(dir, revokedFile)); err != nil {
		return err
	}
	list, err := l.last()
	if err != nil || list == nil {
		return err
	}
	return createFile(filepath.Join(dir, listFile), list, 0o644)
}

// Revoke takes a certificate of this CA back, by its serial number (see
// [Serial]), from now on. It is on disk when Revoke returns; others learn of it
// by the list that [CA.Publish] makes. Revoking again keeps the time and takes
// the new reason, so a hold can become final; the other way round it is refused
// with [ErrRevokedForGood].
func (ca *CA) Revoke(serial string, why Reason, now time.Time) error {
	serial = strings.ToLower(serial)
	wrap := func(err error) error { return fmt.Errorf("revoke %.64s: %w", serial, err) }
	if _, ok := reasons[why]; !ok || why == RemoveFromCRL {
		return wrap(fmt.Errorf("%v is no reason to revoke", why))
	}
	l := ca.listed
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ca.refresh(); err != nil {
		return wrap(err)
	}
	if !l.known[serial] {
		return wrap(ErrNotIssued)
	}
	r := Revocation{Serial: serial, At: now.UTC().Truncate(time.Second), Reason: why}
	if old, ok := l.state[serial]; ok {
		switch {
		case old.Reason == why:
			return nil
		case old.Reason != CertificateHold:
			return wrap(fmt.Errorf("%w already, since %s, %v", ErrRevokedForGood, old.At.Format(time.RFC3339), old.Reason))
		}
		r.At = old.At
	}
	if err := l.revoked.add(r); err != nil {
		return wrap(err)
	}
	return ca.refresh()
}

// Reinstate lifts the hold from a certificate. One that is revoked for another
// reason stays so: [ErrRevokedForGood].
func (ca *CA) Reinstate(serial string, now time.Time) error {
	serial = strings.ToLower(serial)
	wrap := func(err error) error { return fmt.Errorf("reinstate %.64s: %w", serial, err) }
	l := ca.listed
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ca.refresh(); err != nil {
		return wrap(err)
	}
	old, ok := l.state[serial]
	switch {
	case !ok:
		return nil
	case old.Reason != CertificateHold:
		return wrap(fmt.Errorf("%w, since %s, %v: issue a new certificate", ErrRevokedForGood, old.At.Format(time.RFC3339), old.Reason))
	}
	if err := l.revoked.add(Revocation{Serial: serial, At: now.UTC().Truncate(time.Second), Reason: RemoveFromCRL}); err != nil {
		return wrap(err)
	}
	return ca.refresh()
}

// Revocations are the certificates of this CA that are revoked now, by time.
func (ca *CA) Revocations() ([]Revocation, error) {
	ca.listed.mu.Lock()
	defer ca.listed.mu.Unlock()
	if err := ca.refresh(); err != nil {
		return nil, fmt.Errorf("read revocations: %w", err)
	}
	return ca.listed.sorted(), nil
}

// refresh reads what has been added to the two ledgers, by this process or
// another; mu is held.
func (ca *CA) refresh() error {
	l := ca.listed
	if l.state == nil {
		l.state, l.known = make(map[string]Revocation), make(map[string]bool)
	}
	var err error
	if l.knownTo, err = ca.journal.read(l.knownTo, func(i Issuance) { l.known[i.Serial] = true }); err != nil {
		return err
	}
	l.readTo, err = l.revoked.read(l.readTo, func(r Revocation) {
		if r.Reason == RemoveFromCRL {
			delete(l.state, r.Serial)
		} else {
			l.state[r.Serial] = r
		}
	})
	return err
}

// sorted are the revocations by time.
func (l *lists) sorted() []Revocation {
	all := slices.Collect(maps.Values(l.state))
	slices.SortFunc(all, func(a, b Revocation) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.Serial, b.Serial)
	})
	return all
}

// Publish signs a new revocation list of all that was ever revoked and returns
// it in DER: a record may be verified years later ([Verifier.IdentifyThen]), so
// a revocation stays when its certificate has expired, and the list says so. Its number is higher than that of any before, on disk when Publish
// returns, and at least the seconds since 1970: so it rises even when the CA's
// directory was restored from a backup.
func (ca *CA) Publish(now time.Time) ([]byte, error) {
	l := ca.listed
	l.mu.Lock()
	defer l.mu.Unlock()
	unlock, err := l.lock()
	if err != nil {
		return nil, fmt.Errorf("publish revocation list: %w", err)
	}
	defer unlock()
	if err := ca.refresh(); err != nil {
		return nil, fmt.Errorf("publish revocation list: %w", err)
	}
	number := uint64(max(now.Unix(), 1))
	last, err := l.last()
	if err != nil {
		return nil, fmt.Errorf("publish revocation list: %w", err)
	}
	if last != nil {
		old, err := ReadList(last)
		if err != nil {
			return nil, fmt.Errorf("publish revocation list: the one before: %w", err)
		}
		number = max(number, old.Number+1)
	}
	der, err := ca.RevocationList(l.sorted(), number, now)
	if err != nil {
		return nil, err
	}
	if l.dir == "" {
		l.newest = der
		return der, nil
	}
	if err := writeFile(filepath.Join(l.dir, listFile), der, 0o644); err != nil {
		return nil, fmt.Errorf("publish revocation list: %w", err)
	}
	return der, nil
}

// List is the newest list that [CA.Publish] made, here or in another process, in
// DER; nil if there is none.
func (ca *CA) List() ([]byte, error) {
	ca.listed.mu.Lock()
	defer ca.listed.mu.Unlock()
	b, err := ca.listed.last()
	if err != nil {
		return nil, fmt.Errorf("read revocation list: %w", err)
	}
	return b, nil
}

func (l *lists) last() ([]byte, error) {
	if l.dir == "" {
		return l.newest, nil
	}
	b, err := os.ReadFile(filepath.Join(l.dir, listFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// RevocationList signs a list of the given entries; see [ListLife].
// Numbers must rise from list to list; [CA.Publish] sees to that.
func (ca *CA) RevocationList(entries []Revocation, number uint64, now time.Time) ([]byte, error) {
	since, err := asn1.MarshalWithParams(ca.Cert.NotBefore.UTC(), "generalized")
	if err != nil {
		return nil, fmt.Errorf("make revocation list: %w", err)
	}
	life := ListLife
	if ca.Domain() == "" {
		life = rootListLife
	}
	tmpl := &x509.RevocationList{
		Number: new(big.Int).SetUint64(number), ThisUpdate: now.Add(-backdate), NextUpdate: now.Add(life),
		ExtraExtensions: []pkix.Extension{{Id: oidExpiredOnList, Value: since}},
	}
	for _, e := range entries {
		serial, err := parseSerial(e.Serial)
		if err != nil {
			return nil, fmt.Errorf("make revocation list: %w", err)
		}
		tmpl.RevokedCertificateEntries = append(tmpl.RevokedCertificateEntries, x509.RevocationListEntry{
			SerialNumber: serial, RevocationTime: e.At, ReasonCode: int(e.Reason),
		})
	}
	der, err := x509.CreateRevocationList(rand.Reader, tmpl, ca.Cert, ca.key)
	if err != nil {
		return nil, fmt.Errorf("make revocation list: %w", err)
	}
	return der, nil
}
