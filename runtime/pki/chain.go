package pki

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"
)

// maxChain is the most certificates a peer may show.
const maxChain = 4

// chain checks what is X.509's own and returns the way from leaf to root.
func (v *Verifier) chain(chain []*x509.Certificate, now, until time.Time) ([]*x509.Certificate, error) {
	leaf := chain[0]
	switch {
	case len(chain) > maxChain:
		return nil, refuse(leaf, ErrPathLength, fmt.Errorf("%d certificates shown", len(chain)))
	case now.Before(leaf.NotBefore):
		return nil, refuse(leaf, ErrNotYet, fmt.Errorf("it begins %s", leaf.NotBefore.UTC().Format(time.RFC3339)))
	case now.After(leaf.NotAfter):
		return nil, refuse(leaf, ErrExpired, ended(leaf.NotAfter))
	case selfSigned(leaf):
		return nil, refuse(leaf, ErrSelfSigned, nil)
	case leaf.IsCA:
		return nil, refuse(leaf, ErrAuthority, nil)
	}
	roots, old, gone := v.rootsFor(chain, now, until)
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		if c != nil {
			between.AddCert(c)
		}
	}
	// Any key purpose will do here: holder checks them more strictly, and ours
	// for patients' cards is one that crypto/x509 does not know.
	ways, err := leaf.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
	case gone != nil:
		return nil, refuse(leaf, ErrRevoked, gone)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return nil, refuse(leaf, ErrExpired, fmt.Errorf("its authority: %w", err))
	case errors.As(err, &invalid) && invalid.Reason == x509.TooManyIntermediates:
		return nil, refuse(leaf, ErrPathLength, err)
	case errors.As(err, &invalid) && invalid.Reason == x509.CANotAuthorizedForThisName:
		return nil, refuse(leaf, ErrConstraint, err)
	case errors.As(err, new(x509.UnhandledCriticalExtension)):
		return nil, refuse(leaf, ErrExtension, err)
	default:
		return nil, refuse(leaf, ErrStranger, err)
	}
	for _, way := range ways {
		if len(way) != 2 && len(way) != 3 {
			continue
		}
		if r := old[fingerprint(way[len(way)-1])]; r != nil {
			way = append(way, r)
		}
		return way, nil
	}
	return nil, refuse(leaf, ErrPathLength, fmt.Errorf("%d certificates up to the root, not 3", len(ways[0])))
}

// rootsFor are the roots to verify a chain by. A certificate in it with which a
// root of ours vouches for its successor counts as that successor: by RFC 5280,
// section 6.1.4, such a self-issued one does not make a path longer, but to
// crypto/x509 it does. old has, by fingerprint, the root that signed it. gone says
// that such a one is there and revoked.
func (v *Verifier) rootsFor(chain []*x509.Certificate, now, until time.Time) (roots *x509.CertPool, old map[string]*x509.Certificate, gone error) {
	v.mu.Lock()
	t, roots := v.trust, v.roots
	v.mu.Unlock()
	for _, c := range chain[1:] {
		if c == nil || t.hasKey(c) {
			continue
		}
		i := slices.IndexFunc(t.Roots, func(r *x509.Certificate) bool { return follows(c, r, now) })
		if i < 0 {
			continue
		}
		v.mu.Lock()
		revoked, why := v.withdrawn(c, until)
		v.mu.Unlock()
		if revoked {
			gone = why
			continue
		}
		if old == nil {
			roots, old = roots.Clone(), make(map[string]*x509.Certificate)
		}
		roots.AddCert(c)
		old[fingerprint(c)] = t.Roots[i]
	}
	return roots, old, gone
}

// hasKey reports whether the key of a certificate is that of a root.
func (t Trust) hasKey(c *x509.Certificate) bool {
	return slices.ContainsFunc(t.Roots, func(r *x509.Certificate) bool { return samePublic(r.PublicKey, c.PublicKey) })
}
