package evidence

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A believer judges certificate chains by all of their bytes: each chain by a
// verifier that has seen no other, and each certificate in it must be needed. It
// is for one goroutine.
type believer struct {
	trust pki.Trust
	lists [][]byte

	known map[[32]byte]*pki.Verifier // by SHA-256 over a chain
}

func newBeliever(t pki.Trust) *believer {
	return &believer{trust: t, known: map[[32]byte]*pki.Verifier{}}
}

// errList reports a list of revocations that adds nothing.
var errList = errors.New("there is a newer one of the same authority, or the same one twice")

// take adds lists of revocations. Those of a bundle must each be of an authority
// that is believed, and the only one of it.
func (t *believer) take(lists [][]byte, each bool) error {
	v := t.fresh()
	for i, l := range lists {
		changed, err := v.Revoke(l)
		switch {
		case err != nil && (each || !errors.Is(err, pki.ErrOldList)):
			return fmt.Errorf("list of revocations %d: %w", i+1, err)
		case err == nil && !changed && each:
			return fmt.Errorf("list of revocations %d: %w", i+1, errList)
		}
	}
	t.lists = v.Lists()
	return nil
}

func (t *believer) fresh() *pki.Verifier {
	v := pki.NewVerifier(t.trust)
	for _, l := range t.lists {
		_, _ = v.Revoke(l) // it held when it was taken
	}
	return v
}

// Identify implements [proof.Trust].
func (t *believer) Identify(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	return t.between(chain, at, at)
}

// between says who a chain is of that held at a time and was not revoked until another.
func (t *believer) between(chain []*x509.Certificate, at, until time.Time) (flow.Identity, error) {
	if err := t.linked(chain); err != nil {
		return flow.Identity{}, err
	}
	h := sha256.New()
	for _, c := range chain {
		sum := sha256.Sum256(c.Raw)
		h.Write(sum[:])
	}
	sum := [32]byte(h.Sum(nil))
	if t.known[sum] == nil {
		t.known[sum] = t.fresh()
	}
	return t.known[sum].IdentifyBetween(chain, at, until)
}

// linked checks that each certificate was signed by the next and the last by a
// root: nothing in the chain is there that nobody has looked at.
func (t *believer) linked(chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return errors.New("there is no certificate")
	}
	for i, c := range chain[:len(chain)-1] {
		if err := c.CheckSignatureFrom(chain[i+1]); err != nil {
			return fmt.Errorf("certificate %d of %q was not signed by the next: %w", i+1, chain[0].Subject, err)
		}
	}
	last := chain[len(chain)-1]
	if !slices.ContainsFunc(t.trust.Roots, func(r *x509.Certificate) bool { return r.Equal(last) || last.CheckSignatureFrom(r) == nil }) {
		return fmt.Errorf("the certificate of %q leads to none of the roots that are believed: an older record needs archive.pem", chain[0].Subject)
	}
	return nil
}
