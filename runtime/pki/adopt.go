package pki

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrAdopt reports an offered trust that does not follow from the present one.
var ErrAdopt = errors.New("the offered trust does not follow from ours")

// Adopt is what to believe of an offered trust, given what we believe now. Who
// offers it must have proved itself by the present trust; that alone does not
// make it true:
//
//   - our newest root must be in it, or be followed: a root that is new to us
//     needs a certificate "new with old" signed by our newest root, or by one
//     that was accepted so. An old root's thief can't bring in a root of his
//     own once a newer one is known, nor make us forget that one.
//   - authorities must be below one of these roots and issue for a trust domain
//     that we had before: no other hospital comes in this way.
//
// Older roots that are not offered any more are withdrawn.
func Adopt(old Trust, offered []*x509.Certificate, now time.Time) (Trust, error) {
	wrap := func(err error) (Trust, error) { return Trust{}, fmt.Errorf("%w: %w", ErrAdopt, err) }
	if len(offered) > maxTrust {
		return wrap(fmt.Errorf("%d certificates: at most %d are read", len(offered), maxTrust))
	}
	newest := old.Root()
	if newest == nil {
		return wrap(errors.New("we have no root to follow it from"))
	}
	next, err := NewTrust(offered)
	if err != nil {
		return wrap(err)
	}
	path := []*x509.Certificate{newest}
	for {
		i := slices.IndexFunc(next.Roots, func(c *x509.Certificate) bool {
			return !slices.ContainsFunc(path, c.Equal) && !slices.ContainsFunc(old.Roots, c.Equal) && next.vouched(c, path[len(path)-1], now)
		})
		if i < 0 {
			break
		}
		path = append(path, next.Roots[i])
	}
	for _, c := range next.Roots {
		if !slices.ContainsFunc(path, c.Equal) && !slices.ContainsFunc(old.Roots, c.Equal) {
			return wrap(fmt.Errorf("root %s, SHA-256 %s, is not vouched for by ours", c.Subject, fingerprint(c)))
		}
	}
	if !slices.ContainsFunc(next.Roots, func(c *x509.Certificate) bool { return slices.ContainsFunc(path, c.Equal) }) {
		return wrap(fmt.Errorf("our newest root, SHA-256 %s, is neither in it nor followed", fingerprint(newest)))
	}
	domains := old.domains()
	for _, c := range next.Issuers {
		for _, d := range c.PermittedURIDomains {
			if !domains[d] {
				return wrap(fmt.Errorf("authority %s is for %s, which we had no trust in", c.Subject, d))
			}
		}
	}
	// The newest last, whatever the order they were offered in.
	slices.SortStableFunc(next.Roots, func(a, b *x509.Certificate) int {
		return slices.IndexFunc(path, a.Equal) - slices.IndexFunc(path, b.Equal)
	})
	return next, nil
}

// vouched reports whether an older root has signed for a root's key.
func (t Trust) vouched(root, old *x509.Certificate, now time.Time) bool {
	return slices.ContainsFunc(t.Cross, func(c *x509.Certificate) bool {
		return samePublic(c.PublicKey, root.PublicKey) && follows(c, old, now)
	})
}
