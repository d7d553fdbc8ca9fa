package pki

import (
	"errors"
	"fmt"
	"maps"
	"time"
)

// An authority of which no revocation list was ever seen may have none, or
// somebody keeps it from us. Where it is known that lists are made, that is told
// apart by time.

// UnheardMost is how long an authority may be believed without a list before
// [Verifier.Unheard] names it. After [ListLife] nobody new of it is let in.
const UnheardMost = time.Hour

var errUnheard = errors.New("no list of its authority has ever come: see that the CA service is up and can be reached")

// RequireLists says that the authorities publish revocation lists, so that from
// now on one that has none counts as heard of last when it was first believed: by
// first, which an earlier process has kept of [Verifier.FirstBelieved], or now.
func (v *Verifier) RequireLists(first map[string]time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.first = make(map[string]time.Time)
	now := v.now()
	for issuer, at := range first {
		if at.Before(now) { // a clock that was ahead gives no time
			v.first[issuer] = at
		}
	}
	v.noteFirst()
}

// FirstBelieved is since when each authority is believed, by key identifier in
// hex; nil without [Verifier.RequireLists].
func (v *Verifier) FirstBelieved() map[string]time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.first)
}

// Unheard is one error for each authority of which no list has come for an hour
// and more after it was first believed, if lists are required.
func (v *Verifier) Unheard(now time.Time) []error {
	v.mu.Lock()
	defer v.mu.Unlock()
	var all []error
	for issuer, above := range v.above {
		if d := v.unheard(issuer, now); d > UnheardMost {
			all = append(all, fmt.Errorf("%s: %w: for %v; nobody new is let in after %v", above[0].Subject, errUnheard, d.Round(time.Minute), ListLife))
		}
	}
	return all
}

// unheard is how long no list of an issuer has come since it was first believed;
// 0 if one has, or none is required. mu is held.
func (v *Verifier) unheard(issuer string, now time.Time) time.Duration {
	if v.first == nil || v.lists[issuer] != nil {
		return 0
	}
	at, ok := v.first[issuer]
	if !ok {
		return 0 // not believed
	}
	return now.Sub(at)
}

// noteFirst notes who is believed from now on; mu is held.
func (v *Verifier) noteFirst() {
	if v.first == nil {
		return
	}
	for issuer := range v.above {
		if _, ok := v.first[issuer]; !ok {
			v.first[issuer] = v.now()
		}
	}
}
