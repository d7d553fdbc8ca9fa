package register

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/agree/agreetest"
	"github.com/wardflow/wardflow/runtime/flow"
)

var ourChain = [32]byte{0xaa}

// blockOn is a block after another one; the letter tells it from its rivals.
func blockOn(parent ChainHead, letter string) Block {
	b := Block{Genesis: parent.Genesis, Number: parent.Number + 1, Parent: parent.Hash, Body: fmt.Appendf(nil, "%d%s", parent.Number+1, letter)}
	b.Hash = sha256.Sum256(append(b.Parent[:], b.Body...))
	return b
}

func headAfter(b Block) ChainHead { return ChainHead{b.Genesis, b.Number, b.Hash} }

// Of two blocks on the same parent one is agreed on, once, and what was agreed on
// stays, through snapshots as well.
func TestPutBlock(t *testing.T) {
	s := newState()
	first := blockOn(ChainHead{Genesis: ourChain, Number: 41}, "")
	second, rival := blockOn(headAfter(first), "a"), blockOn(headAfter(first), "b")
	third := blockOn(headAfter(second), "")
	other := second
	other.Genesis = [32]byte{0xbb}
	huge := third
	huge.Body = make([]byte, maxBlock+1)
	none := third
	none.Body = nil
	for i, tt := range []struct {
		what string
		b    Block
		want error
	}{
		{"the founder's head", first, nil},
		{"again", first, nil},
		{"of another chain", other, ErrOtherChain},
		{"too far ahead", third, ErrOvertaken},
		{"the next", second, nil},
		{"its rival", rival, ErrOvertaken},
		{"the next again", second, nil},
		{"too large", huge, errors.New("block 44")},
		{"nothing in it", none, errors.New("block 44")},
		{"the one after", third, nil},
		{"an old one again", first, nil},
		{"an old rival", rival, ErrOvertaken},
	} {
		body, err := encodeCommand(putBlock{tt.b})
		if err != nil {
			t.Fatal(err)
		}
		r := s.carryOut(uint64(i+1), body)
		got := r.err()
		if (got == nil) != (tt.want == nil) || errors.Is(tt.want, ErrOvertaken) != errors.Is(got, ErrOvertaken) || errors.Is(tt.want, ErrOtherChain) != errors.Is(got, ErrOtherChain) {
			t.Errorf("%s: %v, want %v", tt.what, got, tt.want)
		}
		if r.Index != 0 || s.changed != 0 {
			t.Errorf("%s changes a View", tt.what)
		}
		s = throughSnapshot(t, s)
	}
	if s.ledger.head != headAfter(third) || len(s.ledger.blocks) != 3 {
		t.Errorf("in the end %+v with %d blocks", s.ledger.head, len(s.ledger.blocks))
	}
}

func throughSnapshot(t *testing.T, s *state) *state {
	t.Helper()
	var w bytes.Buffer
	if err := s.writeTo(&w); err != nil {
		t.Fatal(err)
	}
	again, err := readState(&w)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again.ledger, s.ledger) {
		t.Fatalf("a snapshot of %+v is read as %+v", s.ledger, again.ledger)
	}
	return again
}

// What is kept is bounded in number and bytes, and a picture of an earlier moment
// keeps what it had.
func TestLedgerIsBounded(t *testing.T) {
	s := newState()
	head := ChainHead{Genesis: ourChain}
	put := func(size int) {
		b := blockOn(head, string(make([]byte, size)))
		if r := s.putBlock(putBlock{b}); r.Fault != faultNone {
			t.Fatal(r.Text)
		}
		head = headAfter(b)
	}
	for range keptBlocks + 10 {
		put(1)
	}
	early := s.copy()
	if n := len(s.ledger.blocks); n != keptBlocks || s.ledger.at(10) != nil || s.ledger.at(11) == nil || s.ledger.at(head.Number+1) != nil {
		t.Errorf("%d blocks are kept, the first is %d", n, s.ledger.blocks[0].Number)
	}
	for range 3 {
		put(keptBytes * 3 / 5)
	}
	if n := len(s.ledger.blocks); n != 1 || s.ledger.bytes > keptBytes {
		t.Errorf("%d blocks of %d bytes are kept", n, s.ledger.bytes)
	}
	if l := early.ledger; len(l.blocks) != keptBlocks || l.at(11).Number != 11 || l.head.Number != keptBlocks+10 {
		t.Errorf("a copy changed with the state: %+v", l.head)
	}
	throughSnapshot(t, s)
}

// Whatever comes in whatever order, the blocks form one chain and nothing that was
// agreed on is given up.
func TestOneChain(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		s := newState()
		sent := []Block{blockOn(ChainHead{Genesis: ourChain}, "")}
		agreed := map[uint64][32]byte{}
		for range 300 {
			b := sent[rng.IntN(len(sent))]
			if rng.IntN(3) > 0 {
				b = blockOn(headAfter(sent[max(0, len(sent)-1-rng.IntN(4))]), string(rune('a'+rng.IntN(3))))
				sent = append(sent, b)
			}
			was := s.ledger.head
			if r := s.putBlock(putBlock{b}); r.Fault != faultNone {
				continue
			}
			if now := s.ledger.head; now != was {
				if was.Number != 0 && (now.Number != was.Number+1 || b.Parent != was.Hash) {
					t.Fatalf("seed %d: from %+v to %+v", seed, was, now)
				}
				agreed[b.Number] = b.Hash
			}
			if agreed[b.Number] != b.Hash {
				t.Fatalf("seed %d: block %d is %x and was %x", seed, b.Number, b.Hash[:4], agreed[b.Number])
			}
		}
	}
}

// Two nodes that both take themselves for the one that makes blocks are sorted
// out, and all others follow: voters and nodes without log.
func TestBlocksOfTwo(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	for _, v := range c.voters {
		c.start(v.ID)
	}
	home := c.start("home")
	c.leader()
	ctx := within(t)
	if head, known, err := home.Chain(ctx); known || head != (ChainHead{}) || err != nil {
		t.Fatalf("a cluster without chain shows %v, %v, %v", head, known, err)
	}
	head := ChainHead{Genesis: ourChain}
	for range 10 {
		done := make(chan error, 2)
		for _, rival := range []struct {
			r      *Register
			letter string
		}{{c.nodes["a"], "a"}, {c.nodes["b"], "b"}} {
			go func() { done <- rival.r.PutBlock(ctx, blockOn(head, rival.letter)) }()
		}
		x, y := <-done, <-done
		if (x == nil) == (y == nil) || !errors.Is(errors.Join(x, y), ErrOvertaken) {
			t.Fatalf("of two blocks at %d: %v and %v", head.Number+1, x, y)
		}
		now, next := c.follow("home", head.Number)
		if next == nil || headAfter(*next) != now || next.Parent != head.Hash {
			t.Fatalf("after block %d: %+v, %+v", head.Number, now, next)
		}
		head = now
	}
	for _, v := range c.voters {
		if now, _ := c.follow(v.ID, head.Number-1); now != head {
			t.Errorf("%s has %+v, want %+v", v.ID, now, head)
		}
	}
	if r := c.nodes["a"].View(); r.Index != 0 {
		t.Errorf("blocks have made a View %d", r.Index)
	}
}

// follow is what a node hears beyond a block.
func (c *cluster) follow(id flow.NodeID, after uint64) (ChainHead, *Block) {
	c.t.Helper()
	ctx := within(c.t)
	for {
		head, next, known, err := c.nodes[id].NextBlock(ctx, after)
		if err == nil && known && head.Number > after {
			return head, next
		}
		if ctx.Err() != nil {
			c.t.Fatalf("node %s hears of no block after %d: %v; log:\n%s", id, after, err, c.log)
		}
	}
}

// A block that was agreed on is there when the node that made it is lost, and
// when all voters start anew.
func TestBlockOutlivesItsMaker(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.tune = func(cfg *Config) {
		cfg.Election = 300 * time.Millisecond
	}
	for _, v := range c.voters {
		c.start(v.ID)
	}
	first := c.leader()
	ctx := within(t)
	b := blockOn(ChainHead{Genesis: ourChain, Number: 7}, "")
	if err := c.nodes[first].PutBlock(ctx, b); err != nil {
		t.Fatal(err)
	}
	c.stop(first)
	next := c.leader()
	if err := c.nodes[next].PutBlock(ctx, blockOn(headAfter(b), "")); err != nil {
		t.Fatal(err)
	}
	for id := range c.nodes {
		if _, got := c.follow(id, 7); got == nil || !bytes.Equal(got.Body, b.Body) {
			t.Errorf("%s has %+v", id, got)
		}
	}
	for id := range c.nodes {
		c.stop(id)
	}
	for _, v := range c.voters {
		c.start(v.ID)
	}
	for _, v := range c.voters {
		if head, got := c.follow(v.ID, 8); got == nil || head.Number != 9 || got.Number != 9 {
			t.Errorf("%s, started anew, has %+v and %+v", v.ID, head, got)
		}
	}
}

// Who may make blocks.
func TestMayPutBlock(t *testing.T) {
	c := newCluster(t, "a")
	c.tune = func(cfg *Config) { cfg.Audit = func(flow.AuditEvent) {} }
	r := c.start("a")
	c.leader()
	body, err := encodeCommand(putBlock{blockOn(ChainHead{Genesis: ourChain}, "")})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.may(agreetest.Identity("a"), body); err != nil {
		t.Errorf("a voter may not: %v", err)
	}
	if err := r.may(agreetest.Identity("mallory"), body); err == nil {
		t.Error("a node without a vote may")
	}
	no := errors.New("its transactions are no good")
	r.cfg.Block = func(flow.NodeID, Block) error { return no }
	if err := r.may(agreetest.Identity("a"), body); !errors.Is(err, no) {
		t.Errorf("may = %v, want %v", err, no)
	}
}

// A large block fits in a question, in an answer and in the log.
func TestLargeBlock(t *testing.T) {
	c := newCluster(t, "a", "b", "c")
	c.tune = func(cfg *Config) { cfg.Audit = func(flow.AuditEvent) {} }
	for _, v := range c.voters {
		c.start(v.ID)
	}
	c.start("home")
	c.leader()
	b := blockOn(ChainHead{Genesis: ourChain}, "")
	noise := make([]byte, 3<<20) // of a full block no more is other than zero
	rng := rand.NewChaCha8([32]byte{1})
	for i := 0; i < len(noise)/2; i += 8 {
		binary.LittleEndian.PutUint64(noise[i:], rng.Uint64())
	}
	b.Body = append(b.Body, noise...)
	if err := c.nodes["home"].PutBlock(within(t), b); err == nil {
		t.Error("a node without a vote has made a block")
	}
	if err := c.nodes["b"].PutBlock(within(t), b); err != nil {
		t.Fatal(err)
	}
	if _, next := c.follow("home", 0); next == nil || !bytes.Equal(next.Body, b.Body) {
		t.Errorf("%d bytes came of %d", len(next.Body), len(b.Body))
	}
}

// What a voter answers about blocks is read or refused.
func FuzzLedgerAnswer(f *testing.F) {
	var l ledger
	f.Add([]byte{})
	for range 2 {
		l.add(blockOn(l.head, ""))
		b, err := appendLedgerAnswer(&l, 0)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		head, next, known, err := readLedgerAnswer(b)
		if err != nil || !known || next == nil {
			return
		}
		var l ledger
		l.add(*next)
		l.head = head
		again, err := appendLedgerAnswer(&l, head.Number-1)
		if err != nil {
			t.Fatal(err)
		}
		if h, n, _, err := readLedgerAnswer(again); err != nil || h != head || n == nil || n.Hash != next.Hash {
			t.Fatalf("%+v %+v written again is %+v %+v, %v", head, next, h, n, err)
		}
	})
}
