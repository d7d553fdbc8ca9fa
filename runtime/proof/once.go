package proof

import (
	"crypto/x509"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Once is t for a moment: whom it has identified it is not asked about again.
// With it a window and the readings of some devices under it are checked in one
// go; what is revoked or trusted meanwhile counts from the next time on. It is
// for one goroutine.
func Once(t Trust) Trust { return &once{t, map[asked]flow.Identity{}} }

type once struct {
	trust Trust
	known map[asked]flow.Identity
}

// asked is a question: certificates by their address, leaf first, as they can't
// change.
type asked struct {
	chain [maxChain]*x509.Certificate
	at    int64 // ns since 1970
	then  bool  // as things stood then
}

func (o *once) Identify(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	return o.ask(chain, at, false, o.trust.Identify)
}

func (o *once) IdentifyThen(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
	return o.ask(chain, at, true, func(chain []*x509.Certificate, at time.Time) (flow.Identity, error) {
		return identifyThen(o.trust, chain, at)
	})
}

func (o *once) ask(chain []*x509.Certificate, at time.Time, then bool, of func([]*x509.Certificate, time.Time) (flow.Identity, error)) (flow.Identity, error) {
	q := asked{at: at.UnixNano(), then: then}
	if len(chain) > len(q.chain) || !instant(q.at).Equal(at) {
		return of(chain, at)
	}
	copy(q.chain[:], chain)
	if id, ok := o.known[q]; ok {
		return id, nil
	}
	id, err := of(chain, at)
	if err == nil {
		o.known[q] = id
	}
	return id, err
}
