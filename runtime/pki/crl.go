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

	"github.com/wardflow/wardflow/runtime/durable"
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
	known   map[string]time.Time  // when what was issued ends, by serial
	holders map[string][]Issuance // see [CA.IssuedTo]
	knownTo int64                 // of the CA's journal
	answers answers               // of OCSP
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
	l.dir, l.newest, l.readTo, l.knownTo, l.state, l.known, l.holders = dir, nil, 0, 0, nil, nil, nil
	l.answers.forget()
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
	left, err := ca.revoke([]string{serial}, why, now)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("%w already, since %s, %v", ErrRevokedForGood, left[0].At.Format(time.RFC3339), left[0].Reason)
	}
	if err != nil {
		return fmt.Errorf("revoke %.64s: %w", strings.ToLower(serial), err)
	}
	return nil
}

// RevokeEach is [CA.Revoke] of many at once: all or none are on disk when it
// returns. Those that are revoked for good already stay as they are.
func (ca *CA) RevokeEach(serials []string, why Reason, now time.Time) error {
	if _, err := ca.revoke(serials, why, now); err != nil {
		return fmt.Errorf("revoke %d certificates: %w", len(serials), err)
	}
	return nil
}

// revoke gives those that are left as they are: they are revoked for good, for
// another reason.
func (ca *CA) revoke(serials []string, why Reason, now time.Time) (left []Revocation, err error) {
	if _, ok := reasons[why]; !ok || why == RemoveFromCRL {
		return nil, fmt.Errorf("%v is no reason to revoke", why)
	}
	l := ca.listed
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ca.refresh(); err != nil {
		return nil, err
	}
	var all []Revocation
	for _, serial := range serials {
		serial = strings.ToLower(serial)
		if _, ok := l.known[serial]; !ok {
			return nil, ErrNotIssued
		}
		r := Revocation{Serial: serial, At: now.UTC().Truncate(time.Second), Reason: why}
		old, ok := l.state[serial]
		switch {
		case ok && old.Reason == why:
			continue
		case ok && old.Reason != CertificateHold:
			left = append(left, old)
			continue
		case ok:
			r.At = old.At
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		return left, nil
	}
	if err := l.revoked.add(all...); err != nil {
		return nil, err
	}
	return left, ca.refresh()
}

// Revoked is the entry that revokes a certificate of this CA now, on disk, if
// there is one.
func (ca *CA) Revoked(serial string) (Revocation, bool, error) {
	l := ca.listed
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ca.refresh(); err != nil {
		return Revocation{}, false, fmt.Errorf("read revocations: %w", err)
	}
	r, ok := l.state[strings.ToLower(serial)]
	return r, ok, nil
}

// Reinstate lifts the hold from a certificate of this CA, if there is one; of
// others it knows nothing: [ErrNotIssued]. One that is revoked for another reason
// stays so: [ErrRevokedForGood].
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
	_, ours := l.known[serial]
	switch {
	case !ours:
		return wrap(ErrNotIssued)
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
		l.state, l.known, l.holders = make(map[string]Revocation), make(map[string]time.Time), make(map[string][]Issuance)
	}
	var err error
	if l.knownTo, err = ca.journal.read(l.knownTo, l.holds); err != nil {
		return err
	}
	l.readTo, err = l.revoked.read(l.readTo, func(r Revocation) {
		l.answers.forget()
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
// a revocation stays when its certificate has expired, and the list says so, as
// long as there is room for it: [MaxList]. Its number is higher than that of any before, on disk when Publish
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
	der, err := ca.fitting(l.sorted(), number, now)
	if err != nil {
		return nil, err
	}
	if l.dir == "" {
		l.newest = der
		return der, nil
	}
	if err := durable.Replace(filepath.Join(l.dir, listFile), der, 0o644); err != nil {
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
	return ca.listSince(entries, number, ca.Cert.NotBefore, now)
}

// fitting is a list that is no larger than [MaxList]. If it must, it leaves out
// what ended first, more than [Late] ago: that opens nothing any more. The list
// says from which end on it is complete. mu is held.
func (ca *CA) fitting(all []Revocation, number uint64, now time.Time) ([]byte, error) {
	since := ca.Cert.NotBefore
	for {
		der, err := ca.listSince(all, number, since, now)
		if err != nil || len(der) <= MaxList {
			return der, err
		}
		end := func(r Revocation) time.Time { return ca.listed.known[r.Serial] }
		byEnd := slices.SortedFunc(slices.Values(all), func(a, b Revocation) int { return end(a).Compare(end(b)) })
		last := end(byEnd[len(byEnd)/10])
		if now.Sub(last) <= Late {
			return nil, fmt.Errorf("publish revocation list: %d entries of certificates that have not ended do not fit into one: roll the authorities over (wardflow ca roll)", len(all))
		}
		all = slices.DeleteFunc(all, func(r Revocation) bool { return !end(r).After(last) })
		since = last.Add(time.Second)
	}
}

// listSince signs a list that is complete for what ended since then.
func (ca *CA) listSince(entries []Revocation, number uint64, from, now time.Time) ([]byte, error) {
	since, err := asn1.MarshalWithParams(from.UTC().Truncate(time.Second), "generalized")
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
