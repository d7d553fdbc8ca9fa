package node

import (
	"crypto/x509"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A reading passes a collector, a check and a store, each of which verifies it.
// Where they run on one node, and see the same bytes within a moment, what the
// first has found the others need not find again.
type verified struct {
	mu sync.Mutex // guards of
	of map[[32]byte]*found
}

// found is who signed a reading that holds.
type found struct {
	cert    *x509.Certificate
	id      flow.Identity
	at      time.Time
	changed <-chan struct{} // closed when something was revoked or the trust is another
}

const (
	verifiedFor  = time.Second // certificates end meanwhile, at most so long unseen
	mostVerified = 8192
)

// Verified is what verify finds out about a reading, or has found within the last
// second, if nothing was revoked since and the trust is the same.
func (k *known) Verified(r *proof.Reading, verify func() (*x509.Certificate, flow.Identity, error)) (*x509.Certificate, flow.Identity, error) {
	now := time.Now()
	if f, ok := k.verified.get(r.Leaf); ok && f.holds(now) {
		return f.cert, f.id, nil
	}
	changed := k.n.verifier.Changed() // before, so that no change falls in between
	cert, id, err := verify()
	if err == nil {
		k.verified.put(r.Leaf, &found{cert, id, now, changed})
	}
	return cert, id, err
}

func (f *found) holds(now time.Time) bool {
	select {
	case <-f.changed:
		return false
	default:
	}
	age := now.Sub(f.at)
	return age >= 0 && age < verifiedFor
}

func (v *verified) get(leaf [32]byte) (*found, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f, ok := v.of[leaf]
	return f, ok
}

func (v *verified) put(leaf [32]byte, f *found) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.of == nil {
		v.of = map[[32]byte]*found{}
	}
	if len(v.of) >= mostVerified {
		clear(v.of)
	}
	v.of[leaf] = f
}
