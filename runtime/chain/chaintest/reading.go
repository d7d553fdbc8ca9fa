package chaintest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/runtime/chain"
)

// logger is a contract by hand: a call notes its data down as a log with the
// topic 7; one without data returns, in words, the number of its block, its
// time, the hash of the block before, and slot 0.
var logger = common.FromHex("602d600c600039602d6000f3" + // creation: return what follows
	"36601f57" + // with data: on to the log
	"436000524260205260014303406040526000546060526080" + "6000f3" +
	"5b366000600037600736600" + "0a100")

// ancestor is a contract by hand: a call returns the hash of the third block
// before its own.
var ancestor = common.FromHex("600d600c600039600d6000f3" + "600343034060005260206000f3")

// Logger is the creation code of a contract that notes the data of a call down as
// a log with the topic 7.
func Logger() []byte { return slices.Clone(logger) }

func reads(ctx context.Context, t *testing.T, c chain.Chain, payer *chain.Key) {
	t.Run("a state answers as the chain does", func(t *testing.T) { stateAnswers(ctx, t, c, payer) })
	t.Run("headers hang together", func(t *testing.T) { headers(ctx, t, c) })
	t.Run("logs are found and proved", func(t *testing.T) { logs(ctx, t, c, payer) })
}

func stateAnswers(ctx context.Context, t *testing.T, c chain.Chain, payer *chain.Key) {
	made, err := chain.Transact(ctx, c, payer, nil, counter)
	if err != nil {
		t.Fatal(err)
	}
	old := headOf(ctx, t, c)
	before := stateAt(ctx, t, c, old.Hash)
	if _, err := chain.Transact(ctx, c, payer, &made.Contract, []byte{1}); err != nil {
		t.Fatal(err)
	}
	after := stateAt(ctx, t, c, headOf(ctx, t, c).Hash)
	for range 2 { // the second time from memory
		for want, s := range map[byte]chain.State{0: before, 1: after} {
			if out, err := s.Call(made.Contract, nil); err != nil || len(out) != 32 || out[31] != want {
				t.Errorf("the counter stands at %x (%v), want %d", out, err, want)
			}
			var rev *chain.RevertError
			if _, err := s.Call(made.Contract, []byte{0xff}); !errors.As(err, &rev) || string(rev.Data) != "no" {
				t.Errorf("a view that reverts with \"no\" gives %v", err)
			}
			if out, err := s.Call(made.Contract, []byte{1}); err == nil {
				t.Errorf("a view changed the counter and said %x", out)
			}
		}
	}
	if out, err := after.Call(chain.Address{0xab}, []byte{1}); err != nil || len(out) != 0 {
		t.Errorf("an address without code answers %x, %v", out, err)
	}
	if h, err := after.CodeHash(made.Contract); err != nil || h != crypto.Keccak256Hash(counter[12:]) {
		t.Errorf("CodeHash = %s, %v; want that of the counter", h, err)
	}
	for _, none := range []chain.Address{{0xab}, payer.Address()} {
		if h, err := after.CodeHash(none); err != nil || h != (chain.Hash{}) {
			t.Errorf("CodeHash of an account without code = %s, %v", h, err)
		}
	}
	if s, err := c.State(ctx, chain.Hash{1, 2, 3}); !errors.Is(err, chain.ErrNoBlock) {
		t.Errorf("State of no known block = %v, %v; want %v", s, err, chain.ErrNoBlock)
	}
}

func headers(ctx context.Context, t *testing.T, c chain.Chain) {
	head := headOf(ctx, t, c)
	h, err := c.Header(ctx, head.Number)
	if err != nil || h.Hash != head.Hash || h.Number != head.Number {
		t.Fatalf("Header(%d) = %+v, %v; the head is %+v", head.Number, h.Head, err, head)
	}
	parsed, err := chain.ParseHeader(h.RLP)
	if err != nil || parsed.Hash != h.Hash || parsed.State != h.State || parsed.Receipts != h.Receipts || crypto.Keccak256Hash(h.RLP) != h.Hash {
		t.Errorf("ParseHeader = %+v, %v; want %+v", parsed, err, h)
	}
	if before, err := c.Header(ctx, head.Number-1); err != nil || before.Hash != h.Parent {
		t.Errorf("block %d has the hash %s (%v), but its child names %s", head.Number-1, before.Hash, err, h.Parent)
	}
	if h, err := c.Header(ctx, head.Number+1000); !errors.Is(err, chain.ErrNoBlock) {
		t.Errorf("Header of a block to come = %+v, %v; want %v", h.Head, err, chain.ErrNoBlock)
	}
}

func logs(ctx context.Context, t *testing.T, c chain.Chain, payer *chain.Key) {
	made, err := chain.Transact(ctx, c, payer, nil, logger)
	if err != nil {
		t.Fatal(err)
	}
	var noted []chain.Receipt
	for _, text := range []string{"one", "two"} {
		r, err := chain.Transact(ctx, c, payer, &made.Contract, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		noted = append(noted, r)
	}
	topic := chain.Hash(word(7))
	all, err := c.Logs(ctx, chain.Query{Address: made.Contract, Topics: [][]chain.Hash{{topic}}, From: made.Block})
	if err != nil || len(all) != 2 || string(all[0].Data) != "one" || string(all[1].Data) != "two" {
		t.Fatalf("Logs = %+v, %v; want one and two", all, err)
	}
	if all[1].Tx != noted[1].Tx || all[1].Block != noted[1].Block || !slices.Equal(all[1].Topics, []chain.Hash{topic}) {
		t.Errorf("the second log is %+v, of the transaction %+v", all[1], noted[1])
	}
	for name, q := range map[string]chain.Query{
		"of another contract": {Address: chain.Address{1}},
		"of another topic":    {Address: made.Contract, Topics: [][]chain.Hash{{{9}}}},
		"of later blocks":     {Address: made.Contract, From: noted[1].Block + 1},
		"of earlier blocks":   {Address: made.Contract, To: made.Block},
	} {
		if some, err := c.Logs(ctx, q); err != nil || len(some) != 0 {
			t.Errorf("Logs %s = %+v, %v", name, some, err)
		}
	}
	proof, err := c.ReceiptProof(ctx, noted[1].Tx)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := proof.Verify()
	if err != nil || !shown.OK || len(shown.Logs) != 1 || !bytes.Equal(shown.Logs[0].Data, []byte("two")) ||
		shown.Header.Hash != all[1].BlockHash || shown.Logs[0].Address != made.Contract {
		t.Errorf("the proof of a receipt shows %+v, %v", shown, err)
	}
	sees(ctx, t, c, made.Contract)
	seesFar(ctx, t, c, payer)
	if p, err := c.ReceiptProof(ctx, chain.Hash{1}); err == nil {
		t.Errorf("no transaction at all is proved by %+v", p)
	}
}

// sees checks what a view learns of its block.
func sees(ctx context.Context, t *testing.T, c chain.Chain, logger chain.Address) {
	head := headOf(ctx, t, c)
	h, err := c.Header(ctx, head.Number)
	if err != nil {
		t.Fatal(err)
	}
	out, err := stateAt(ctx, t, c, head.Hash).Call(logger, nil)
	if err != nil || len(out) != 128 {
		t.Fatalf("a view of its block: %x, %v", out, err)
	}
	want := slices.Concat(word(h.Number), word(uint64(h.Time.Unix())), h.Parent[:], word(0))
	if !bytes.Equal(out, want) {
		t.Errorf("a view sees as number, time, block before and slot\n%x, want\n%x", out, want)
	}
}

// seesFar checks that a view can look at blocks before the one before.
func seesFar(ctx context.Context, t *testing.T, c chain.Chain, payer *chain.Key) {
	made, err := chain.Transact(ctx, c, payer, nil, ancestor)
	if err != nil {
		t.Fatal(err)
	}
	head := headOf(ctx, t, c)
	old, err := c.Header(ctx, head.Number-3)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := stateAt(ctx, t, c, head.Hash).Call(made.Contract, nil); err != nil || !bytes.Equal(out, old.Hash[:]) {
		t.Errorf("a view sees %x (%v) three blocks before, want %s", out, err, old.Hash)
	}
}

func word(n uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 24), n)
}

func stateAt(ctx context.Context, t *testing.T, c chain.Chain, at chain.Hash) chain.State {
	t.Helper()
	s, err := c.State(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
