package anchor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
	"github.com/wardflow/wardflow/runtime/proof"
	"github.com/wardflow/wardflow/runtime/tlog"
	"github.com/wardflow/wardflow/runtime/wal/waltest"
)

// A court is a chain with the contract, and who pays.
type court struct {
	Contract
	relay *relay
}

// A relay pays on request, or fails before or after it has.
type relay struct {
	c   chain.Chain
	key *chain.Key

	mu     sync.Mutex
	before error // instead of paying
	after  error // although it has paid
	paid   int
}

func (r *relay) Pay(ctx context.Context, to *chain.Address, data []byte) (chain.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.before != nil {
		return chain.Receipt{}, r.before
	}
	receipt, err := chain.Transact(ctx, r.c, r.key, to, data)
	if err == nil {
		r.paid++
		err = r.after
	}
	return receipt, err
}

func (r *relay) set(before, after error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.before, r.after = before, after
}

func newCourt(t *testing.T) *court {
	t.Helper()
	sim, key := chaintest.NewSim(t, time.Now)
	receipt, err := chain.Transact(t.Context(), sim, key, nil, common.FromHex(build.AuditAnchorMetaData.Bin))
	if err != nil {
		t.Fatal(err)
	}
	return &court{Contract{sim, receipt.Contract}, &relay{c: sim, key: key}}
}

func (c *court) find(context.Context) (Contract, error) { return c.Contract, nil }

func newKey(t *testing.T) *chain.Key {
	t.Helper()
	k, err := chain.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// alarms remembers what people were told.
type alarms struct {
	mu   sync.Mutex
	list []string
}

func (a *alarms) tell(s string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, s)
}

func (a *alarms) any(part string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.list {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

func (a *alarms) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.list)
}

// A bench is what one log needs.
type bench struct {
	court  *court
	key    *chain.Key
	disk   *waltest.Disk // of the log
	heads  *waltest.Disk
	config Config
	told   alarms
}

func newBench(t *testing.T) *bench {
	c := newCourt(t)
	b := &bench{court: c, key: newKey(t), disk: &waltest.Disk{}, heads: &waltest.Disk{}}
	node := pkitest.New(t).Node("ward")
	b.config = Config{Key: b.key, Chain: c.Chain, Contract: c.find, Sender: NewGatherer(c.relay, c.find),
		Signer: signerOf(node), Slog: slog.New(slog.DiscardHandler), Every: 5 * time.Millisecond, Alarm: b.told.tell}
	return b
}

// open opens the log and begins to anchor it.
func (b *bench) open(t *testing.T) (*tlog.Log, *Anchor, func()) {
	t.Helper()
	l, err := tlog.Open(tlog.Config{Disk: b.disk})
	if err != nil {
		t.Fatal(err)
	}
	cfg := b.config
	cfg.Log, cfg.Disk = l, b.heads
	a, err := Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l, a, func() {
		if err := errors.Join(a.Close(), l.Close()); err != nil {
			t.Error(err)
		}
	}
}

func add(t *testing.T, l *tlog.Log, n int) uint64 {
	t.Helper()
	for range n {
		if _, err := l.Append(check(t, l.Size())); err != nil {
			t.Fatal(err)
		}
	}
	size, err := l.Sync()
	if err != nil {
		t.Fatal(err)
	}
	return size
}

func check(t *testing.T, n uint64) []byte {
	t.Helper()
	c := proof.Check{Leaf: [32]byte{byte(n)}, Place: proof.AtCollector, Actor: "ward:check", At: time.Unix(int64(n), 0)}
	b, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wait(t *testing.T, a *Anchor, size uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := a.Wait(ctx, size); err != nil {
		t.Fatalf("%v: %+v", err, a.Status())
	}
}

// until polls a condition.
func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(3 * time.Minute); !f(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// What is in the log comes to the chain, over restarts, without a gap; the heads
// are those of the log, and the node's certificate vouches for them.
func TestAnchor(t *testing.T) {
	b := newBench(t)
	total := uint64(0)
	for range 3 {
		l, a, end := b.open(t)
		total = add(t, l, 7)
		wait(t, a, total)
		if s := a.Status(); s.Anchored != total || s.Size != total || s.Problem != "" || s.Block == 0 {
			t.Errorf("status %+v", s)
		}
		total = add(t, l, 5)
		wait(t, a, total)
		if total == 36 { // the last time, Close signs by itself
			end()
			break
		}
		k, err := a.Covering(t.Context(), total-1)
		if err != nil {
			t.Fatal(err)
		}
		h, err := proof.OpenLogHead(k.Signed)
		if err != nil {
			t.Fatal(err)
		}
		root, _ := l.Root(total)
		if h.Size != total || h.Root != root || h.Chain == 0 || h.Cert != k.Cert || !strings.EqualFold(h.Log, b.key.Address().Hex()) || len(k.Chain) == 0 || k.Tx == (chain.Hash{}) {
			t.Errorf("the head over it is %+v of %+v", h.LogHead, k)
		}
		if err := h.Verify(b.config.Signer().Chain[0]); err != nil {
			t.Error(err)
		}
		if _, err := a.Covering(t.Context(), total); !errors.Is(err, ErrNotAnchored) {
			t.Errorf("a head over what is not there: %v", err)
		}
		end()
	}
	l, a, end := b.open(t)
	defer end()
	if n := a.kept.newest(); n != total {
		t.Errorf("the newest head that the node has signed is of %d checks, want %d", n, total)
	}
	if k, err := a.Covering(t.Context(), 11); err != nil || k.Size < 12 || k.Size > 24 || len(k.Chain) == 0 {
		t.Errorf("an old head: %+v, %v", k, err)
	}
	list, err := b.court.Anchored(t.Context(), b.key.Address())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(list); n == 0 || list[n-1].To != total {
		t.Errorf("%d heads in the chain", n)
	}
	for _, e := range list {
		if root, err := l.Root(e.To); err != nil || root != e.Root {
			t.Errorf("the head of %d is another than the log's: %v", e.To, err)
		}
	}
}

// Whatever becomes of a head on its way, the next one continues what the chain has.
func TestLostReceipts(t *testing.T) {
	b := newBench(t)
	b.config.Late = time.Millisecond
	l, a, end := b.open(t)
	defer end()
	size := add(t, l, 3)
	wait(t, a, size)
	lost := errors.New("connection reset")
	b.court.relay.set(nil, lost) // it is on the chain, and nobody says so
	size = add(t, l, 3)
	until(t, "the chain has it", func() bool {
		s, err := b.court.State(t.Context(), b.key.Address())
		return err == nil && s.Size == size
	})
	b.court.relay.set(lost, nil)
	size = add(t, l, 3)
	until(t, "people are told, and the status says so", func() bool {
		s := a.Status()
		return (b.told.any("connection reset") || b.told.any("not anchored yet")) &&
			s.Problem != "" && !s.Since.IsZero() && s.Anchored < size
	})
	b.court.relay.set(nil, nil)
	wait(t, a, size)
	until(t, "the alarm ends", func() bool { return a.Status().Problem == "" })
}

// A log that lacks what was anchored or signed of it, or has something else, is
// not anchored any more.
func TestOtherHistories(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, b *bench){
		"its end is gone": func(t *testing.T, b *bench) {
			b.disk = &waltest.Disk{}
			l, err := tlog.Open(tlog.Config{Disk: b.disk})
			if err != nil {
				t.Fatal(err)
			}
			add(t, l, 3)
			l.Close()
		},
		"it is another": func(t *testing.T, b *bench) {
			b.disk = &waltest.Disk{}
			l, err := tlog.Open(tlog.Config{Disk: b.disk})
			if err != nil {
				t.Fatal(err)
			}
			for range 10 {
				l.Append(check(t, 99))
			}
			l.Close()
		},
	} {
		for _, noted := range []bool{true, false} {
			t.Run(fmt.Sprint(name, ", signatures noted: ", noted), func(t *testing.T) {
				b := newBench(t)
				l, a, end := b.open(t)
				wait(t, a, add(t, l, 6))
				end()
				spoil(t, b)
				if !noted {
					b.heads = &waltest.Disk{}
				}
				l, a, end = b.open(t)
				defer end()
				size := add(t, l, 20) // beyond what the chain has
				until(t, "people are told", func() bool { return b.told.any(ErrHistory.Error()) })
				for range 5 { // and not again with each check that comes
					size = add(t, l, 1)
				}
				until(t, "it is tried again", func() bool { return strings.Contains(a.Status().Problem, "are not those") })
				if n := b.told.count(); n != 1 {
					t.Errorf("people were told %d times", n)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				if err := a.Wait(ctx, size); !errors.Is(err, ErrHistory) {
					t.Errorf("Wait says %v", err)
				}
				if s, err := b.court.State(t.Context(), b.key.Address()); err != nil || s.Size != 6 {
					t.Errorf("the chain has %d checks, %v", s.Size, err)
				}
			})
		}
	}
}

// What was signed and never came to the chain binds all the same.
func TestSignedNeverSent(t *testing.T) {
	b := newBench(t)
	down := errors.New("down")
	b.court.relay.set(down, nil)
	l, a, end := b.open(t)
	size := add(t, l, 6)
	until(t, "it is signed", func() bool { top, ok := a.signed.newest(); return ok && top.size == size })
	end()
	b.disk = &waltest.Disk{}
	b.court.relay.set(nil, nil)
	l, _, end = b.open(t)
	defer end()
	add(t, l, 2)
	until(t, "people are told", func() bool { return b.told.any(ErrHistory.Error()) })
	if s, err := b.court.State(t.Context(), b.key.Address()); err != nil || s.Size != 0 {
		t.Errorf("the chain has %d checks, %v", s.Size, err)
	}
}

// Heads of several logs go together; one that is no good holds up no other, and
// is told why.
func TestGatherer(t *testing.T) {
	c := newCourt(t)
	id, err := c.Chain.ID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g := NewGatherer(c.relay, c.find)
	send := func(heads ...Signed) []error {
		errs := make([]error, len(heads))
		var all sync.WaitGroup
		for i, h := range heads {
			all.Go(func() { errs[i] = g.Anchor(t.Context(), h) })
		}
		all.Wait()
		return errs
	}
	sign := func(key *chain.Key, from, to uint64, at chain.Address) Signed {
		h := Head{Log: key.Address(), From: from, To: to, Root: tlog.Hash{byte(to)}, Epoch: 1, At: time.UnixMilli(1234567)}
		s, err := h.Sign(key, id, at)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	a, b, d := newKey(t), newKey(t), newKey(t)
	for i, err := range send(sign(a, 0, 5, c.Address), sign(b, 0, 6, c.Address), sign(d, 0, 7, c.Address)) {
		if err != nil {
			t.Errorf("head %d: %v", i, err)
		}
	}
	if c.relay.paid > 2 {
		t.Errorf("three heads took %d transactions", c.relay.paid)
	}
	errs := send(sign(a, 5, 9, c.Address), sign(b, 5, 9, c.Address), sign(d, 7, 9, chain.Address{1}), sign(newKey(t), 0, 1, c.Address))
	var refused *RefusedError
	if errs[0] != nil || errs[3] != nil {
		t.Errorf("those that hold: %v, %v", errs[0], errs[3])
	}
	if !errors.As(errs[1], &refused) || !strings.Contains(refused.Why, "stands at 6") {
		t.Errorf("a gap: %v", errs[1])
	}
	if !errors.As(errs[2], &refused) || !strings.Contains(refused.Why, "has not signed it") {
		t.Errorf("for another contract: %v", errs[2])
	}
	if s, err := c.State(t.Context(), a.Address()); err != nil || s.Size != 9 || s.Root != (tlog.Hash{9}) {
		t.Errorf("the contract has %+v, %v", s, err)
	}
	w, err := sign(a, 9, 10, c.Address).Encode()
	if err != nil {
		t.Fatal(err)
	}
	if s, err := OpenSigned(w, id, c.Address); err != nil || s.To != 10 || !s.At.Equal(time.UnixMilli(1234567)) {
		t.Errorf("over the wire: %+v, %v", s, err)
	}
	if _, err := OpenSigned(w, id+1, c.Address); !errors.Is(err, errWire) {
		t.Errorf("for another chain: %v", err)
	}
}

func FuzzOpenSigned(f *testing.F) {
	f.Add([]byte(`{"log":"0x0000000000000000000000000000000000000001","from":1,"to":2,"signature":"AAAA"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := OpenSigned(b, 1, chain.Address{1}); err == nil {
			if by, err := chain.SignedBy(s.Digest(1, chain.Address{1}), s.Signature); err != nil || by != s.Log {
				t.Fatalf("%s passes for %s", by, s.Log)
			}
		}
	})
}

func signerOf(s flow.Signer) func() flow.Signer { return func() flow.Signer { return s } }
