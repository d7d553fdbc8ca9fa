package proof

import (
	"crypto/sha256"
	"crypto/x509"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Strict makes a Trust for [Verify] that judges every chain by all of its
// bytes. A verifier that remembers a leaf it has believed would not see that
// the authorities beside another window were changed. fresh makes a Trust that
// has seen nothing yet; it is asked once for each chain that differs. The
// result is for one goroutine.
func Strict(fresh func() Trust) Trust { return &strict{fresh: fresh, known: map[[32]byte]held{}} }

type strict struct {
	fresh func() Trust
	known map[[32]byte]held // by SHA-256 over all certificates
}

// held is who a chain names, and when all its certificates hold.
type held struct {
	id       flow.Identity
	from, to time.Time
}

func (s *strict) Identify(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	if len(chain) == 0 {
		return identifyThen(s.fresh(), chain, at)
	}
	h := sha256.New()
	from, to := chain[0].NotBefore, chain[0].NotAfter
	for _, c := range chain {
		sum := sha256.Sum256(c.Raw)
		h.Write(sum[:])
		if c.NotBefore.After(from) {
			from = c.NotBefore
		}
		if c.NotAfter.Before(to) {
			to = c.NotAfter
		}
	}
	key := [32]byte(h.Sum(nil))
	if k, ok := s.known[key]; ok && !at.Before(k.from) && !at.After(k.to) {
		return k.id, nil
	}
	id, err := identifyThen(s.fresh(), chain, at)
	if err == nil {
		s.known[key] = held{id: id, from: from, to: to}
	}
	return id, err
}
