package pki

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// ErrOldList reports a revocation list that is not newer than the one known.
// Nothing is wrong if it came from somebody who has not heard of the newer one.
var ErrOldList = errors.New("a newer revocation list is known")

// A listing is the newest revocation list of one issuer, ready to be asked.
type listing struct {
	List
	raw     []byte // DER
	serials map[string]Revocation
}

// Revoke takes a revocation list, in DER or PEM, from whoever relays it. One
// that an authority of ours has signed and that has a higher number than the
// last one from there is in force when Revoke returns: [Verifier.Holds] and
// [Verifier.Identify] refuse whom it names with [ErrRevoked]. The same list
// again changes nothing; an older one, or another one of the same number, is
// refused with [ErrOldList]. A root's list revokes authorities.
func (v *Verifier) Revoke(crl []byte) (changed bool, err error) {
	parsed, l, err := parseList(crl)
	if err != nil {
		return false, err
	}
	issuer, err := v.listIssuer(parsed)
	if err != nil {
		return false, err
	}
	l.Issuer = KeyID(issuer)
	next := &listing{List: l, raw: parsed.Raw, serials: make(map[string]Revocation, len(l.Entries))}
	for _, r := range l.Entries {
		next.serials[r.Serial] = r
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if old := v.lists[l.Issuer]; old != nil {
		switch {
		case bytes.Equal(old.raw, next.raw):
			return false, nil
		case l.Number <= old.Number:
			return false, fmt.Errorf("revocation list %d of %s: %w, number %d", l.Number, issuer.Subject, ErrOldList, old.Number)
		}
	}
	v.lists[l.Issuer] = next
	v.tell()
	return true, nil
}

// listIssuer finds the authority of ours that has signed a list.
func (v *Verifier) listIssuer(crl *x509.RevocationList) (*x509.Certificate, error) {
	for _, c := range v.authorities() {
		if !bytes.Equal(c.RawSubject, crl.RawIssuer) || len(crl.AuthorityKeyId) > 0 && !bytes.Equal(c.SubjectKeyId, crl.AuthorityKeyId) {
			continue
		}
		if err := crl.CheckSignatureFrom(c); err == nil {
			return c, nil
		}
	}
	return nil, &Refusal{Who: crl.Issuer.String(), Reason: ErrStranger, Err: errors.New("no authority that we trust has signed this revocation list")}
}

// authorities are all whose revocation lists count: roots, issuers, and issuers
// met in chains that held.
func (v *Verifier) authorities() []*x509.Certificate {
	v.mu.Lock()
	defer v.mu.Unlock()
	all := slices.Concat(v.trust.Roots, v.trust.Issuers)
	for _, c := range v.above {
		if !slices.ContainsFunc(all, c[0].Equal) {
			all = append(all, c[0])
		}
	}
	return all
}

// Lists are the newest revocation lists, in DER, of all issuers that have one:
// what to keep on disk and to give to others.
func (v *Verifier) Lists() [][]byte {
	v.mu.Lock()
	defer v.mu.Unlock()
	var all [][]byte
	for _, l := range v.lists {
		all = append(all, l.raw)
	}
	slices.SortFunc(all, bytes.Compare)
	return all
}

// Revoked is the entry that revokes an identity's own certificate, if there is
// one. Use [Verifier.Holds] to decide; this is to tell when and why.
func (v *Verifier) Revoked(id flow.Identity) (Revocation, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.listed(id.Issuer, id.Serial)
}

// listed is called with mu held.
func (v *Verifier) listed(issuer, serial string) (Revocation, bool) {
	l := v.lists[issuer]
	if l == nil {
		return Revocation{}, false
	}
	r, ok := l.serials[serial]
	return r, ok
}

// Fresh is nil if we know now whether an identity is revoked: the newest revocation
// list of its issuer has not passed its time, or there was never one, and none is
// wanted ([Verifier.RequireLists]) or it may be under way.
// Otherwise it is a [Refusal] with [ErrStale]. Ask before you let somebody in:
// a new connection, a new link. Who is in already may stay, so that a bedside
// stream does not end because the authority is away; see [Verifier.Stale].
func (v *Verifier) Fresh(id flow.Identity, now time.Time) error {
	v.mu.Lock()
	l := v.lists[id.Issuer]
	unheard := l == nil && v.unheard(id.Issuer, now) > ListLife
	v.mu.Unlock()
	switch {
	case unheard:
		return &Refusal{Who: id.URI, Reason: ErrStale, Err: errUnheard}
	case l == nil || !now.After(l.NextUpdate):
		return nil
	}
	return &Refusal{Who: id.URI, Reason: ErrStale, Err: l.late()}
}

// Stale is one error for each authority of ours whose newest revocation list has
// passed its time at now: nobody it vouches for is let in any more. Ask it for
// an hour ahead to warn in time. Of authorities of which none was ever heard,
// [Verifier.Unheard] tells.
func (v *Verifier) Stale(now time.Time) []error {
	var all []error
	for _, c := range v.authorities() {
		v.mu.Lock()
		l := v.lists[KeyID(c)]
		v.mu.Unlock()
		if l != nil && now.After(l.NextUpdate) {
			all = append(all, fmt.Errorf("%s: %w: %w", c.Subject, ErrStale, l.late()))
		}
	}
	return all
}

func (l *listing) late() error {
	return fmt.Errorf("list %d was to be replaced by %s: see that the CA service is up and can be reached", l.Number, l.NextUpdate.Format(time.RFC3339))
}

// Changed is closed when something is revoked or reinstated or the trust
// changes after the call: whoever keeps connections then asks [Verifier.Holds]
// again about each. Call it before that, so that no change falls in between.
func (v *Verifier) Changed() <-chan struct{} {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.changed
}

// tell is called with mu held.
func (v *Verifier) tell() {
	close(v.changed)
	v.changed = make(chan struct{})
}
