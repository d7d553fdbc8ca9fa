package anchor

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
)

// A Gatherer brings heads of several logs to the contract, those that come at
// about the same time in one transaction. It is a [Sender].
type Gatherer struct {
	relay    chain.Relay
	contract func(context.Context) (Contract, error)

	mu      sync.Mutex // guards what follows
	waiting []*gathered
	going   bool // somebody will take what waits
}

type gathered struct {
	head Signed
	done chan error // of size 1
}

const (
	gatherFor  = 50 * time.Millisecond
	gatherMost = 64 // heads in a transaction
)

// NewGatherer makes one that pays by a relay.
func NewGatherer(relay chain.Relay, contract func(context.Context) (Contract, error)) *Gatherer {
	return &Gatherer{relay: relay, contract: contract}
}

// Anchor implements [Sender]. It returns when the head is in a final block, or
// refused: then the error wraps a [*chain.RevertError].
func (g *Gatherer) Anchor(ctx context.Context, s Signed) error {
	w := &gathered{s, make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	first := !g.going
	g.going = true
	g.mu.Unlock()
	if first {
		// Whoever comes first brings all: no goroutine outlives its caller's wait.
		t := time.NewTimer(gatherFor)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
		g.bring(ctx, g.take())
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// take takes what waits; who comes after begins anew.
func (g *Gatherer) take() []*gathered {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := g.waiting
	g.waiting, g.going = nil, false
	return all
}

// bring brings heads together. When the contract refuses, each goes alone, so
// that one that is no good holds up no other.
func (g *Gatherer) bring(ctx context.Context, all []*gathered) {
	for len(all) > 0 {
		n := min(len(all), gatherMost)
		some := all[:n]
		all = all[n:]
		err := g.pay(ctx, some)
		var revert *chain.RevertError
		if len(some) > 1 && errors.As(err, &revert) {
			var each sync.WaitGroup
			for _, w := range some {
				each.Go(func() { w.done <- g.pay(ctx, []*gathered{w}) })
			}
			each.Wait()
			continue
		}
		for _, w := range some {
			w.done <- err
		}
	}
}

func (g *Gatherer) pay(ctx context.Context, some []*gathered) error {
	c, err := g.contract(ctx)
	if err != nil {
		return err
	}
	heads := make([]Signed, len(some))
	for i, w := range some {
		heads[i] = w.head
	}
	_, err = g.relay.Pay(ctx, &c.Address, call(heads))
	return explained(err)
}

// explained says in words why the contract has refused a head.
func explained(err error) error {
	var revert *chain.RevertError
	if !errors.As(err, &revert) || len(revert.Data) < 4 {
		return err
	}
	why, bad := binding().UnpackError(revert.Data)
	if bad != nil {
		return err
	}
	return &RefusedError{Why: inWords(why), Err: err}
}
