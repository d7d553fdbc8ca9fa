package chain

import (
	"context"
	"errors"
	"slices"
	"time"
)

// land waits for the receipts of what is on its way, the oldest first: when that
// one is in a block, those after it mostly are, too.
func (p *Payer) land() {
	for p.ends.Err() == nil {
		f := p.oldest()
		if f == nil {
			select {
			case <-p.ends.Done():
			case <-p.wake:
			}
			continue
		}
		ctx, cancel := context.WithTimeout(p.ends, max(time.Until(f.sent.Add(resendAfter)), time.Second))
		tx := f.tx.Hash()
		r, err := p.chain.Receipt(ctx, tx)
		cancel()
		switch {
		case err == nil:
			p.landed(f, r, nil)
		case p.ends.Err() != nil:
		default:
			p.again(f, err)
		}
	}
}

func (p *Payer) oldest() *flight {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.flights) == 0 {
		return nil
	}
	return p.flights[0]
}

// landed ends a flight.
func (p *Payer) landed(f *flight, r Receipt, err error) {
	p.mu.Lock()
	p.failing = false
	p.flights = without(p.flights, f)
	p.mu.Unlock()
	f.end(r, err)
}

// again sends what is on its way once more, in order: no block took the oldest
// in time, or the chain could not be reached.
func (p *Payer) again(oldest *flight, why error) {
	p.sending.Lock()
	defer p.sending.Unlock()
	p.mu.Lock()
	flights, told := append([]*flight(nil), p.flights...), p.failing
	p.failing = true
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(p.ends, resendAfter)
	defer cancel()
	if !told {
		p.log.Info("transactions were sent again", "count", len(flights), "err", why)
	}
	for _, f := range flights {
		var err error
		if p.cheap(ctx, f.tx) {
			err = p.signAs(ctx, f)
		}
		if err == nil {
			err = p.send(ctx, f.tx)
		}
		switch {
		case err == nil:
		case usedNonce(err):
			if p.taken(ctx, f) {
				continue
			}
		default:
			p.wait(ctx)
			oldest.sent = time.Now()
			return
		}
		f.sent = time.Now()
	}
}

// taken looks what became of a flight whose number is used up: it is in a block,
// or another transaction of the account is there in its place. Then it is sent
// under another number.
func (p *Payer) taken(ctx context.Context, f *flight) bool {
	for _, tx := range append([]Hash{f.tx.Hash()}, f.older...) {
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		r, err := p.chain.Receipt(short, tx)
		cancel()
		if err == nil {
			p.landed(f, r, nil)
			return true
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			return false // nothing is known
		}
	}
	n, err := p.chain.Nonce(ctx, p.key.Address())
	if err != nil || n <= f.nonce {
		return false
	}
	f.nonce = p.number(n)
	if p.signAs(ctx, f) != nil || p.send(ctx, f.tx) != nil {
		return false
	}
	p.mu.Lock() // it is the newest now
	p.flights = append(without(p.flights, f), f)
	p.next = f.nonce + 1
	p.mu.Unlock()
	return true
}

func without(flights []*flight, gone *flight) []*flight {
	return slices.DeleteFunc(flights, func(f *flight) bool { return f == gone })
}

// wait is a pause before the chain is asked again.
func (p *Payer) wait(ctx context.Context) {
	t := time.NewTimer(resendEach)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
