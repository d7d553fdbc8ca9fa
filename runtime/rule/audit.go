package rule

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// auditQueue is how many verdicts may wait for the contract.
const auditQueue = 1024

// retryAfter is how long to wait when the chain can't be reached.
const retryAfter = 250 * time.Millisecond

// An audit has the contract judge verdicts again, behind the backs of those
// who wait for them: a disagreement ends native judging.
type audit struct {
	book  *Book
	queue chan claim
	full  atomic.Bool // a refusal found no room

	disagreed              atomic.Bool
	agreed, differed, lost atomic.Uint64
}

// A claim is a native verdict and all that the contract needs to judge it.
type claim struct {
	at   chain.Hash
	call []byte
	kind string
	want flow.Verdict
}

func newAudit(b *Book) *audit { return &audit{book: b, queue: make(chan claim, auditQueue)} }

// sample hands in an accepted reading, if there is room.
func (a *audit) sample(w *view, group string, r *flow.Reading, now time.Time, v flow.Verdict) {
	select {
	case a.queue <- claimOf(w, group, r, now, v):
	default:
	}
}

// refusal hands in a refused reading. Without room the reading has to wait:
// no refusal goes unchecked.
func (a *audit) refusal(w *view, group string, r *flow.Reading, now time.Time, v flow.Verdict) error {
	select {
	case a.queue <- claimOf(w, group, r, now, v):
		return nil
	default:
		a.full.Store(true)
		return errFull
	}
}

var errFull = later(errors.New("too many refusals wait for the contract to check them"))

func claimOf(w *view, group string, r *flow.Reading, now time.Time, v flow.Verdict) claim {
	return claim{at: w.head.Hash, call: appendCheck(nil, group, r, now), kind: r.Kind, want: v}
}

func (a *audit) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-a.queue:
			if !a.check(ctx, c) {
				return
			}
			if len(a.queue) <= cap(a.queue)/2 && a.full.Swap(false) {
				a.book.notify()
			}
		}
	}
}

// check holds a claim against the contract, again and again until the chain
// can be reached. It is false if ctx has ended.
func (a *audit) check(ctx context.Context, c claim) bool {
	for {
		got, err := a.ask(ctx, c)
		var answered rpc.Error
		switch {
		case err == nil:
			a.compare(c, got)
			return true
		case errors.As(err, &answered):
			// The endpoint can't, such as one that keeps no old state.
			if a.lost.Add(1) == 1 {
				a.book.cfg.Log.Info("verdict could not be checked by the contract", "block", c.want.Block, "err", err)
			}
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(retryAfter):
		}
	}
}

func (a *audit) ask(ctx context.Context, c claim) (oldAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, contractTimeout)
	defer cancel()
	return check(ctx, a.book.cfg.Chain, a.book.cfg.Manager, c.at, c.call)
}

func (a *audit) compare(c claim, got oldAnswer) {
	if got.reason == c.want.Reason && got.version == c.want.Version && got.epoch == c.want.Epoch {
		a.agreed.Add(1)
		return
	}
	a.differed.Add(1)
	a.disagreed.Store(true)
	a.book.cfg.Log.Error("contract disagreed with a native verdict; it judges itself from now on",
		"group", c.want.Group, "kind", c.kind, "block", c.want.Block,
		"native", c.want.Reason.String(), "contract", got.reason.String(),
		"version", c.want.Version, "epoch", c.want.Epoch, "contract_version", got.version, "contract_epoch", got.epoch)
	a.book.notify()
}
