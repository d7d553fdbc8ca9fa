package chaintest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/runtime/chain"
)

// patience bounds each wait.
const patience = 120 * time.Second

// counter is a contract by hand: a call without data returns slot 0, one with
// data adds one to it, and one whose data begins with ff reverts with "no".
var counter = common.FromHex("6032600c60003960326000f3" + // creation: return what follows
	"36600f5760005460005260206000f3" +
	"5b60003560001a60ff14602657" +
	"60016000540160005500" +
	"5b616e6f6000526002601efd")

// Run holds a chain to the promises of chain.Chain. Payer is an account that
// can pay; nobody else may use it meanwhile.
func Run(t *testing.T, c chain.Chain, payer *chain.Key) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	id, err := c.ID(ctx)
	if err != nil || id == 0 {
		t.Fatalf("ID() = %d, %v", id, err)
	}
	before, err := c.Head(ctx)
	if err != nil {
		t.Fatalf("Head() = %v", err)
	}
	if d := time.Since(before.Time); d < -2*time.Second {
		t.Errorf("the head is %v in the future", -d)
	}

	t.Run("a contract is made, called and changed", func(t *testing.T) {
		made, err := chain.Transact(ctx, c, payer, nil, counter)
		if err != nil || !made.OK || made.Contract == (chain.Address{}) {
			t.Fatalf("make a contract: %+v, %v", made, err)
		}
		head := headOf(ctx, t, c)
		if made.Block > head.Number || made.Block <= before.Number {
			t.Errorf("a receipt of block %d at head %d, before it was %d", made.Block, head.Number, before.Number)
		}
		if n := read(ctx, t, c, head.Hash, made.Contract); n != 0 {
			t.Errorf("a new counter stands at %d", n)
		}
		if r, err := chain.Transact(ctx, c, payer, &made.Contract, []byte{1}); err != nil || !r.OK {
			t.Fatalf("count: %+v, %v", r, err)
		}
		if n := read(ctx, t, c, headOf(ctx, t, c).Hash, made.Contract); n != 1 {
			t.Errorf("after one call the counter stands at %d", n)
		}
		if n := read(ctx, t, c, head.Hash, made.Contract); n != 0 {
			t.Errorf("at the block before the call the counter stands at %d", n)
		}
		var rev *chain.RevertError
		if _, err := chain.Transact(ctx, c, payer, &made.Contract, []byte{0xff}); !errors.As(err, &rev) || string(rev.Data) != "no" {
			t.Errorf("a call that reverts with \"no\" gives %v (%+v)", err, rev)
		}
		if _, err := c.Call(ctx, head.Hash, made.Contract, []byte{0xff}); !errors.As(err, &rev) || string(rev.Data) != "no" {
			t.Errorf("a view that reverts with \"no\" gives %v (%+v)", err, rev)
		}
	})

	reads(ctx, t, c, payer)

	t.Run("an address without code answers nothing", func(t *testing.T) {
		out, err := c.Call(ctx, headOf(ctx, t, c).Hash, chain.Address{0xab}, []byte{1})
		if err != nil || len(out) != 0 {
			t.Errorf("Call = %x, %v", out, err)
		}
	})

	t.Run("a state of no known block is refused", func(t *testing.T) {
		if out, err := c.Call(ctx, chain.Hash{1, 2, 3}, chain.Address{0xab}, nil); err == nil {
			t.Errorf("Call = %x, want an error", out)
		}
	})

	t.Run("what is no transaction is refused", func(t *testing.T) {
		for _, raw := range [][]byte{nil, {0x02}, []byte("hello")} {
			if h, err := c.Send(ctx, raw); err == nil {
				t.Errorf("Send(%x) = %v, want an error", raw, h)
			}
		}
	})

	t.Run("an account that can't pay is refused", func(t *testing.T) {
		poor, err := chain.NewKey()
		if err != nil {
			t.Fatal(err)
		}
		if r, err := chain.Transact(ctx, c, poor, &chain.Address{1}, nil); err == nil {
			t.Errorf("Transact = %+v, want an error", r)
		}
	})

	t.Run("a wait for a receipt ends with its context", func(t *testing.T) {
		short, cancel := context.WithCancel(ctx)
		cancel()
		if r, err := c.Receipt(short, chain.Hash{1}); !errors.Is(err, context.Canceled) {
			t.Errorf("Receipt = %+v, %v", r, err)
		}
	})

	t.Run("the head only rises", func(t *testing.T) {
		moved := make(chan struct{}, 1)
		stop := c.Watch(func() {
			select {
			case moved <- struct{}{}:
			default:
			}
		})
		defer stop()
		was := headOf(ctx, t, c)
		if _, err := chain.Transact(ctx, c, payer, &chain.Address{1}, nil); err != nil {
			t.Fatal(err)
		}
		is := headOf(ctx, t, c)
		if is.Number <= was.Number || is.Time.Before(was.Time) || is.Hash == was.Hash {
			t.Errorf("from %+v to %+v", was, is)
		}
		select {
		case <-moved:
		default:
			t.Log("the chain gave no notice: it can only be polled")
		}
	})
}

func headOf(ctx context.Context, t *testing.T, c chain.Chain) chain.Head {
	t.Helper()
	h, err := c.Head(ctx)
	if err != nil {
		t.Fatalf("Head() = %v", err)
	}
	return h
}

func read(ctx context.Context, t *testing.T, c chain.Chain, at chain.Hash, to chain.Address) byte {
	t.Helper()
	out, err := c.Call(ctx, at, to, nil)
	if err != nil || len(out) != 32 {
		t.Fatalf("read the counter: %x, %v", out, err)
	}
	return out[31]
}
