package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
)

// A Payer is a [Relay] with an account of its own. Many calls may be on their way
// at once: their transactions are numbered and sent in order without waiting for
// one another. One that is in no block after a while is sent again, with a better
// price if prices have risen, so it outlives a host that had it and is lost.
type Payer struct {
	chain Chain
	key   *Key
	log   *slog.Logger

	room chan struct{} // a slot for each transaction on its way
	ends context.Context
	stop context.CancelFunc
	busy sync.WaitGroup

	sending sync.Mutex // held while transactions are numbered and sent; before mu
	id      *big.Int   // of the chain; nil: not known yet. Guarded by sending
	fee     Fee
	feeAt   time.Time

	mu      sync.Mutex // guards what follows
	next    uint64     // number of the next transaction
	known   bool       // next is
	flights []*flight  // by number
	failing bool       // what is on its way was sent again, and nothing has landed since
	wake    chan struct{}
}

const (
	mostFlights = 4096                   // transactions of a payer on their way
	resendAfter = 5 * time.Second        // without a block
	resendEach  = 200 * time.Millisecond // when the chain can't be reached
	feeFor      = time.Second            // a price is asked for again
)

// A flight is a transaction on its way.
type flight struct {
	call  Call
	gas   uint64
	nonce uint64
	tx    *types.Transaction
	older []Hash // of the same call with the same number, which a block may have taken instead
	sent  time.Time

	done    chan struct{} // closed when receipt and err are set
	receipt Receipt
	err     error
}

// ErrPayer reports a payer that was closed.
var ErrPayer = errors.New("who pays for transactions has stopped")

// NewPayer makes a payer of an account, which no other process uses at the same
// time. Close ends it.
func NewPayer(c Chain, key *Key, log *slog.Logger) *Payer {
	p := &Payer{chain: c, key: key, log: log, room: make(chan struct{}, mostFlights), wake: make(chan struct{}, 1)}
	p.ends, p.stop = context.WithCancel(context.Background())
	p.busy.Go(p.land)
	return p
}

// Address is the payer's account.
func (p *Payer) Address() Address { return p.key.Address() }

// Close waits for nothing that is on its way.
func (p *Payer) Close() error {
	p.stop()
	p.busy.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.flights {
		f.end(Receipt{}, ErrPayer)
	}
	p.flights = nil
	return nil
}

// Pay implements [Relay].
func (p *Payer) Pay(ctx context.Context, to *Address, data []byte) (Receipt, error) {
	return p.Send(ctx, Call{To: to, Data: data})
}

// Send is Pay for a call about which more is known.
func (p *Payer) Send(ctx context.Context, c Call) (Receipt, error) {
	gas := c.Gas
	if gas == 0 {
		need, err := p.chain.Gas(ctx, p.key.Address(), c.To, c.Data)
		if err != nil {
			return Receipt{}, fmt.Errorf("pay: %w", err)
		}
		gas = need + need/4 // the state may change before it runs
	}
	select {
	case p.room <- struct{}{}:
		defer func() { <-p.room }()
	case <-ctx.Done():
		return Receipt{}, fmt.Errorf("pay: %w", context.Cause(ctx))
	case <-p.ends.Done():
		return Receipt{}, ErrPayer
	}
	f := &flight{call: c, gas: gas, done: make(chan struct{})}
	if err := p.launch(ctx, f); err != nil {
		return Receipt{}, fmt.Errorf("pay: %w", err)
	}
	select {
	case <-f.done:
	case <-p.ends.Done():
		return Receipt{}, ErrPayer
	case <-ctx.Done():
		return Receipt{}, fmt.Errorf("pay: it is in no block yet: %w", context.Cause(ctx))
	}
	if f.err != nil {
		return f.receipt, fmt.Errorf("pay: %w", f.err)
	}
	if !f.receipt.OK {
		return f.receipt, fmt.Errorf("pay: %w", p.refusal(ctx, f))
	}
	return f.receipt, nil
}

// refusal asks again why a call was refused in its block.
func (p *Payer) refusal(ctx context.Context, f *flight) error {
	var revert *RevertError
	if _, err := p.chain.Gas(ctx, p.key.Address(), f.call.To, f.call.Data); errors.As(err, &revert) {
		return err
	}
	return &RevertError{Msg: fmt.Sprintf("transaction %s was refused in block %d", f.receipt.Tx, f.receipt.Block)}
}

// launch numbers, signs and sends a transaction, once those before it were sent.
func (p *Payer) launch(ctx context.Context, f *flight) error {
	p.sending.Lock()
	defer p.sending.Unlock()
	for tries := 0; ; tries++ {
		if err := p.sign(ctx, f); err != nil {
			return err
		}
		err := p.send(ctx, f.tx)
		switch {
		case err == nil:
			p.mu.Lock()
			p.next = f.nonce + 1
			f.sent = time.Now()
			p.flights = append(p.flights, f)
			p.mu.Unlock()
			select {
			case p.wake <- struct{}{}:
			default:
			}
			return nil
		case usedNonce(err) && tries < 3:
			p.forget() // the account was used by somebody else
		default:
			return err
		}
	}
}

// forget has the number of the next transaction asked for.
func (p *Payer) forget() {
	p.mu.Lock()
	p.known = false
	p.mu.Unlock()
}

// sign makes a flight's transaction with the next number.
func (p *Payer) sign(ctx context.Context, f *flight) error {
	p.mu.Lock()
	next, known := p.next, p.known
	p.mu.Unlock()
	if !known {
		n, err := p.chain.Nonce(ctx, p.key.Address())
		if err != nil {
			return err
		}
		next = p.number(n)
	}
	f.nonce = next
	return p.signAs(ctx, f)
}

// number notes the next number, which is at least that one.
func (p *Payer) number(n uint64) uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.flights {
		n = max(n, f.nonce+1)
	}
	p.next, p.known = n, true
	return n
}

// signAs makes a flight's transaction, at today's price.
func (p *Payer) signAs(ctx context.Context, f *flight) error {
	if p.id == nil {
		id, err := p.chain.ID(ctx)
		if err != nil {
			return err
		}
		p.id = new(big.Int).SetUint64(id)
	}
	price, err := p.price(ctx)
	if err != nil {
		return err
	}
	if old := f.tx; old != nil && old.Nonce() == f.nonce { // one with the same number must offer a tenth more
		price = Fee{Max: atLeast(price.Max, more(old.GasFeeCap())), Tip: atLeast(price.Tip, more(old.GasTipCap()))}
	}
	tx, err := types.SignNewTx(p.key.ecdsa, types.LatestSignerForChainID(p.id), &types.DynamicFeeTx{
		ChainID: p.id, Nonce: f.nonce, GasTipCap: price.Tip, GasFeeCap: atLeast(price.Max, price.Tip), Gas: f.gas,
		To: f.call.To, Data: f.call.Data, Value: new(big.Int).SetUint64(f.call.Wei)})
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	if old := f.tx; old != nil && old.Nonce() == f.nonce {
		f.older = append(f.older, old.Hash())
	} else {
		f.older = nil
	}
	f.tx = tx
	return nil
}

// price is what the chain has said lately. sending is held.
func (p *Payer) price(ctx context.Context) (Fee, error) {
	if time.Since(p.feeAt) > feeFor {
		fee, err := p.chain.Fee(ctx)
		if err != nil {
			return Fee{}, err
		}
		p.fee, p.feeAt = fee, time.Now()
	}
	return p.fee, nil
}

// cheap reports whether no block would take a transaction now. What the chain
// advises leaves room for prices to double.
func (p *Payer) cheap(ctx context.Context, tx *types.Transaction) bool {
	price, err := p.price(ctx)
	return err == nil && new(big.Int).Lsh(tx.GasFeeCap(), 1).Cmp(price.Max) < 0
}

func atLeast(a, b *big.Int) *big.Int {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}

// more is a fifth more, and one.
func more(a *big.Int) *big.Int {
	b := new(big.Int).Div(a, big.NewInt(5))
	return b.Add(b, a).Add(b, big.NewInt(1))
}

func (p *Payer) send(ctx context.Context, tx *types.Transaction) error {
	raw, err := tx.MarshalBinary()
	if err != nil {
		return err
	}
	if _, err := p.chain.Send(ctx, raw); err != nil && !sentBefore(err) {
		return err
	}
	return nil
}

// What go-ethereum's pool answers in words, and others after it.
func sentBefore(err error) bool {
	s := err.Error()
	return strings.Contains(s, "already known") || strings.Contains(s, "already imported")
}

func usedNonce(err error) bool {
	s := strings.ToLower(err.Error())
	return strings.Contains(s, "nonce too low") || strings.Contains(s, "nonce is too low") || strings.Contains(s, "replacement transaction underpriced")
}

// end says what has become of a flight.
func (f *flight) end(r Receipt, err error) {
	f.receipt, f.err = r, err
	close(f.done)
}
