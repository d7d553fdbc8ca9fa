package chain_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ethereum/go-ethereum/core/types"

	"github.com/wardflow/wardflow/runtime/chain"
)

// A pool is as much of a chain as a payer sees: it puts the transactions of one
// account into blocks in the order of their numbers, one block a second, and
// misbehaves on request.
type pool struct {
	chain.Chain // what a payer does not need

	mu      sync.Mutex
	waiting map[uint64]*types.Transaction
	mined   map[chain.Hash]chain.Receipt
	order   []*types.Transaction
	number  uint64 // of the block
	price   int64
	away    bool                          // can't be reached
	refuse  func(*types.Transaction) bool // reverts
	deaf    bool                          // loses what is to replace another
	limit   int                           // transactions of a block
}

func newPool() *pool {
	return &pool{waiting: map[uint64]*types.Transaction{}, mined: map[chain.Hash]chain.Receipt{}, price: 10, limit: 1000}
}

var errAway = errors.New("connection refused")

func (p *pool) use() (func(), error) {
	p.mu.Lock()
	if p.away {
		p.mu.Unlock()
		return nil, errAway
	}
	return p.mu.Unlock, nil
}

func (p *pool) ID(context.Context) (uint64, error) { return 7, nil }

func (p *pool) Nonce(context.Context, chain.Address) (uint64, error) {
	done, err := p.use()
	if err != nil {
		return 0, err
	}
	defer done()
	n := uint64(len(p.order))
	for p.waiting[n] != nil {
		n++
	}
	return n, nil
}

func (p *pool) Fee(context.Context) (chain.Fee, error) {
	done, err := p.use()
	if err != nil {
		return chain.Fee{}, err
	}
	defer done()
	return chain.Fee{Max: big.NewInt(2 * p.price), Tip: big.NewInt(1)}, nil
}

func (p *pool) Gas(_ context.Context, _ chain.Address, _ *chain.Address, data []byte) (uint64, error) {
	if string(data) == "refused" {
		return 0, &chain.RevertError{Msg: "execution reverted", Data: []byte{1}}
	}
	return 21000, nil
}

func (p *pool) Send(_ context.Context, raw []byte) (chain.Hash, error) {
	done, err := p.use()
	if err != nil {
		return chain.Hash{}, err
	}
	defer done()
	var tx types.Transaction
	if err := tx.UnmarshalBinary(raw); err != nil {
		return chain.Hash{}, err
	}
	old := p.waiting[tx.Nonce()]
	switch {
	case tx.Nonce() < uint64(len(p.order)):
		return chain.Hash{}, fmt.Errorf("nonce too low: next nonce %d, tx nonce %d", len(p.order), tx.Nonce())
	case old != nil && old.Hash() == tx.Hash():
		return chain.Hash{}, errors.New("already known")
	case old != nil && tx.GasFeeCap().Cmp(new(big.Int).Div(new(big.Int).Mul(old.GasFeeCap(), big.NewInt(11)), big.NewInt(10))) < 0:
		return chain.Hash{}, errors.New("replacement transaction underpriced")
	case tx.GasFeeCap().Int64() < p.price:
		return chain.Hash{}, errors.New("max fee per gas less than block base fee")
	}
	if old == nil || !p.deaf {
		p.waiting[tx.Nonce()] = &tx
	}
	return tx.Hash(), nil
}

func (p *pool) Receipt(ctx context.Context, tx chain.Hash) (chain.Receipt, error) {
	for {
		done, err := p.use()
		if err != nil {
			return chain.Receipt{}, err
		}
		r, ok := p.mined[tx]
		done()
		if ok {
			return r, nil
		}
		t := time.NewTimer(50 * time.Millisecond)
		select {
		case <-ctx.Done():
			t.Stop()
			return chain.Receipt{}, ctx.Err()
		case <-t.C:
		}
	}
}

// block makes one.
func (p *pool) block() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	for range p.limit {
		n := uint64(len(p.order))
		tx := p.waiting[n]
		if tx == nil || tx.GasFeeCap().Int64() < p.price {
			return
		}
		delete(p.waiting, n)
		p.order = append(p.order, tx)
		p.mined[tx.Hash()] = chain.Receipt{Tx: tx.Hash(), Block: p.number, OK: p.refuse == nil || !p.refuse(tx), Gas: 21000}
	}
}

// mine makes a block each second until the test ends.
func (p *pool) mine(t *testing.T) {
	ctx := t.Context()
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				p.block()
			}
		}
	}()
}

func (p *pool) with(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func newPayer(t *testing.T, c chain.Chain) *chain.Payer {
	t.Helper()
	key, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return chain.NewPayer(c, key, slog.New(slog.DiscardHandler))
}

// pays many at once, each with its own data, and reports who paid twice or never.
func payMany(t *testing.T, p *chain.Payer, pool *pool, n int) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			r, err := p.Pay(t.Context(), &chain.Address{1}, fmt.Appendf(nil, "%d", i))
			if err != nil || !r.OK || r.Block == 0 {
				t.Errorf("payment %d: %+v, %v", i, r, err)
			}
		})
	}
	all.Wait()
	times := map[string]int{}
	pool.with(func() {
		for _, tx := range pool.order {
			times[string(tx.Data())]++
		}
	})
	for i := range n {
		if k := times[fmt.Sprint(i)]; k != 1 {
			t.Errorf("payment %d is in %d blocks", i, k)
		}
	}
}

// Thousands are on their way at once, and each is in one block.
func TestPayerMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newPool()
		c.mine(t)
		p := newPayer(t, c)
		defer p.Close()
		began := time.Now()
		payMany(t, p, c, 2500)
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("2500 payments at 1000 a block took %v", d)
		}
	})
}

// What a host that is lost had in its hands is sent again; so is what was not
// taken as prices rose, and what met a number that somebody else has used.
func TestPayerMisfortunes(t *testing.T) {
	for name, misfortune := range map[string]func(*pool, *rand.Rand){
		"forgets what waits": func(p *pool, _ *rand.Rand) { clear(p.waiting) },
		"forgets some": func(p *pool, rng *rand.Rand) {
			for n := range p.waiting {
				if rng.IntN(2) == 0 {
					delete(p.waiting, n)
				}
			}
		},
		"prices rise": func(p *pool, _ *rand.Rand) { p.price *= 3 },
		"prices rise and fall, and blocks take the first": func(p *pool, _ *rand.Rand) {
			p.deaf = true
			if p.price == 10 {
				p.price = 50
			} else {
				p.price = 10
			}
		},
		"can't be reached": func(p *pool, _ *rand.Rand) { p.away = !p.away },
		"a stranger with the same key": func(p *pool, _ *rand.Rand) {
			if p.away {
				return
			}
			stranger := types.NewTx(&types.DynamicFeeTx{Nonce: uint64(len(p.order)), Data: fmt.Appendf(nil, "stranger %d", p.number)})
			p.order = append(p.order, stranger)
			delete(p.waiting, stranger.Nonce())
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 2))
				c := newPool()
				c.limit = 20
				c.mine(t)
				p := newPayer(t, c)
				defer p.Close()
				go func() {
					for range 4 {
						time.Sleep(2500 * time.Millisecond) // of the bubble's clock
						c.with(func() { misfortune(c, rng) })
					}
				}()
				payMany(t, p, c, 150)
			})
		})
	}
}

// A contract's refusal is told, whether it was foreseen or not.
func TestPayerRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newPool()
		c.refuse = func(tx *types.Transaction) bool { return string(tx.Data()) != "fine" }
		c.mine(t)
		p := newPayer(t, c)
		var revert *chain.RevertError
		if _, err := p.Pay(t.Context(), nil, []byte("refused")); !errors.As(err, &revert) || len(revert.Data) != 1 {
			t.Errorf("foreseen: %v", err)
		}
		if _, err := p.Pay(t.Context(), nil, []byte("not foreseen")); !errors.As(err, &revert) {
			t.Errorf("in its block: %v", err)
		}
		if _, err := p.Send(t.Context(), chain.Call{Data: []byte("refused"), Gas: 50000}); !errors.As(err, &revert) || len(revert.Data) != 1 {
			t.Errorf("in its block, not tried before: %v", err)
		}
		if r, err := p.Pay(t.Context(), nil, []byte("fine")); err != nil || !r.OK {
			t.Errorf("fine: %+v, %v", r, err)
		}
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := p.Pay(short, nil, []byte("fine")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nobody waits: %v", err)
		}
		p.Close()
		if _, err := p.Pay(t.Context(), nil, []byte("fine")); !errors.Is(err, chain.ErrPayer) {
			t.Errorf("after Close: %v", err)
		}
	})
}

// On a real chain, too, many at once are all in blocks.
func TestPayerEmbedded(t *testing.T) {
	t.Parallel()
	dir, key, _ := found(t)
	c := open(t, dir)
	defer closeChain(t, c)
	p := chain.NewPayer(c, key, slog.New(slog.DiscardHandler))
	defer p.Close()
	var all sync.WaitGroup
	for i := range 500 {
		all.Go(func() {
			if r, err := p.Send(t.Context(), chain.Call{To: &chain.Address{1}, Data: []byte{byte(i)}, Gas: 30000, Wei: 1}); err != nil || !r.OK {
				t.Errorf("payment %d: %+v, %v", i, r, err)
			}
		})
	}
	all.Wait()
	if n, err := c.Nonce(t.Context(), key.Address()); err != nil || n != 500 {
		t.Errorf("the account has sent %d, %v", n, err)
	}
}
