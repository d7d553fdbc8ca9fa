package chain_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/chaintest"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A ward is some replicas of one chain in this process. Its ledger is what
// package register promises.
type ward struct {
	t *testing.T

	mu       sync.Mutex // guards what follows
	agreed   chain.Agreed
	kept     []chain.Block // the newest
	changed  chan struct{}
	turn     flow.NodeID
	halted   bool // the ledger has no majority
	replicas map[flow.NodeID]*chain.Replica
	holders  []flow.NodeID
	lie      map[flow.NodeID]func(question, answer []byte) ([]byte, error)
}

func newWard(t *testing.T) *ward {
	w := &ward{t: t, changed: make(chan struct{}), replicas: map[flow.NodeID]*chain.Replica{}, turn: "a",
		lie: map[flow.NodeID]func(q, a []byte) ([]byte, error){}}
	t.Cleanup(func() {
		for id := range w.replicas {
			w.stop(id)
		}
	})
	return w
}

const wardKeeps = 4 // blocks: so that replicas that are behind have to fetch

func (w *ward) Put(_ context.Context, genesis chain.Hash, b chain.Block) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.halted:
		return errors.New("no majority")
	case w.agreed.Genesis == chain.Hash{}:
	case genesis != w.agreed.Genesis:
		return chain.ErrOtherChain
	case b.Number <= w.agreed.Number:
		if slices.ContainsFunc(w.kept, func(k chain.Block) bool { return k.Hash == b.Hash }) {
			return nil
		}
		return chain.ErrOvertaken
	case b.Parent != w.agreed.Hash:
		return chain.ErrOvertaken
	}
	again, err := chain.ParseBlock(slices.Clone(b.RLP)) // as it travels
	if err != nil {
		return err
	}
	w.agreed = chain.Agreed{Genesis: genesis, Number: b.Number, Hash: b.Hash}
	w.kept = append(w.kept, again)
	w.kept = w.kept[max(0, len(w.kept)-wardKeeps):]
	close(w.changed)
	w.changed = make(chan struct{})
	return nil
}

func (w *ward) Now(context.Context) (chain.Agreed, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.agreed, w.agreed.Genesis != chain.Hash{}, nil
}

func (w *ward) Next(ctx context.Context, after uint64) (chain.Agreed, *chain.Block, bool, error) {
	for late := time.After(100 * time.Millisecond); ; {
		w.mu.Lock()
		at, changed := w.agreed, w.changed
		var next *chain.Block
		for _, b := range w.kept {
			if b.Number == after+1 {
				next = &b
			}
		}
		w.mu.Unlock()
		if at.Number > after {
			return at, next, true, nil
		}
		select {
		case <-changed:
		case <-late:
			return at, nil, at.Genesis != chain.Hash{}, nil
		case <-ctx.Done():
			return at, nil, false, ctx.Err()
		}
	}
}

// forget takes the ledger back to a block: it was restored from a backup.
func (w *ward) forget(to chain.Block) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.agreed.Number, w.agreed.Hash, w.kept = to.Number, to.Hash, []chain.Block{to}
}

// A seat is a ward as one of its nodes sees it.
type seat struct {
	*ward
	self flow.NodeID
}

func (s seat) Turn() flow.NodeID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.turn
}

func (s seat) Holders() []flow.NodeID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.holders), func(id flow.NodeID) bool { return id == s.self })
}

func (s seat) Makers() []flow.NodeID { return s.Holders() }

func (s seat) Ask(ctx context.Context, node flow.NodeID, question []byte) ([]byte, error) {
	s.mu.Lock()
	r, lie := s.replicas[node], s.lie[node]
	s.mu.Unlock()
	var answer []byte
	var err error
	if r != nil {
		answer, err = r.Answer(ctx, flow.Identity{Role: flow.RoleNode, Name: string(s.self)}, question)
	} else if lie == nil {
		err = fmt.Errorf("node %s is down", node)
	}
	if lie != nil {
		return lie(question, answer)
	}
	return answer, err
}

func (w *ward) start(id flow.NodeID, dir string) *chain.Replica {
	w.t.Helper()
	w.mu.Lock()
	if !slices.Contains(w.holders, id) {
		w.holders = append(w.holders, id)
	}
	w.mu.Unlock()
	r, err := chain.OpenReplica(chain.ReplicaConfig{Dir: dir, Self: id, Log: slog.New(slog.DiscardHandler), Ledger: w, Peers: seat{w, id}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.replicas[id] = r
	w.mu.Unlock()
	return r
}

func (w *ward) stop(id flow.NodeID) {
	w.t.Helper()
	w.mu.Lock()
	r := w.replicas[id]
	delete(w.replicas, id)
	w.mu.Unlock()
	if err := r.Close(); err != nil {
		w.t.Error(err)
	}
}

func (w *ward) give(turn flow.NodeID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.turn = turn
}

func (w *ward) now() chain.Agreed {
	at, _, _ := w.Now(w.t.Context())
	return at
}

// until waits for a condition.
func (w *ward) until(what string, ok func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			w.t.Fatalf("%s did not come; agreed: %+v, turn %s", what, w.now(), w.turn)
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-w.t.Context().Done():
			w.t.Fatal(w.t.Context().Err())
		}
	}
}

const patience = 3 * time.Minute

// level waits until replicas have all that is agreed.
func (w *ward) level(ids ...flow.NodeID) {
	w.t.Helper()
	for _, id := range ids {
		w.until("the newest block at "+string(id), func() bool {
			h, err := w.replicas[id].Head(w.t.Context())
			return err == nil && h.Hash == w.now().Hash
		})
	}
}

// count sends n transactions by way of a replica, one after the other.
func (w *ward) count(id flow.NodeID, payer *chain.Key, n int) (last chain.Receipt) {
	w.t.Helper()
	for range n {
		var err error
		if last, err = chain.Transact(w.t.Context(), w.replicas[id], payer, &chain.Address{1}, nil); err != nil {
			w.t.Fatal(err)
		}
	}
	return last
}

// copyOf is a folder with the same genesis and nothing else.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	text, err := os.ReadFile(filepath.Join(dir, chain.GenesisFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, chain.GenesisFile), text, 0o644); err != nil {
		t.Fatal(err)
	}
	return to
}

// A chain that several hold keeps all promises of one, seen from a replica that
// makes no blocks.
func TestReplica(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	w := newWard(t)
	w.start("a", dir)
	b := w.start("b", t.TempDir()) // fetches even the genesis
	w.until("the genesis", func() bool { return b.Status().Open })
	w.level("b")
	chaintest.Run(t, b, payer)
}

// Whoever makes the blocks may change at any time, and one that joins late
// fetches what the ledger has no more.
func TestMakersTakeTurns(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	w := newWard(t)
	w.start("a", dir)
	w.start("b", copyOf(t, dir))
	first := w.count("b", payer, 3)
	w.give("b")
	w.count("a", payer, 3)
	w.stop("a")
	w.count("b", payer, 2)
	w.start("c", t.TempDir())
	w.until("the genesis", func() bool { return w.replicas["c"].Status().Open })
	w.start("a", dir)
	w.level("a", "b", "c")
	for id, r := range w.replicas {
		if got, err := r.Receipt(t.Context(), first.Tx); err != nil || got != first {
			t.Errorf("%s: Receipt = %+v, %v; was %+v", id, got, err, first)
		}
		if s := r.Status(); s.Problem != "" || s.Agreed != s.Number {
			t.Errorf("%s: %+v", id, s)
		}
	}
}

// Without the ledger there is no block, and none is final that was not agreed on.
func TestNoMajorityNoBlock(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	w := newWard(t)
	a := w.start("a", dir)
	w.count("a", payer, 1)
	w.mu.Lock()
	w.halted = true
	w.mu.Unlock()
	before := w.now()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if r, err := chain.Transact(ctx, a, payer, &chain.Address{1}, nil); err == nil {
		t.Errorf("Transact = %+v without a majority", r)
	}
	if h, err := a.Head(t.Context()); err != nil || h.Hash != before.Hash {
		t.Errorf("Head = %+v, %v; agreed was %+v", h, err, before)
	}
	w.mu.Lock()
	w.halted = false
	w.mu.Unlock()
	w.until("a block", func() bool { return w.now().Number > before.Number })
}

// A ledger that was restored from an old backup is brought forward by whoever has
// more, even if another node is to make the blocks.
func TestLedgerFromBackup(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	other := copyOf(t, dir)
	w := newWard(t)
	w.start("a", dir)
	w.start("b", other)
	w.count("a", payer, 2)
	w.level("b")
	old := w.kept[len(w.kept)-1]
	w.stop("b")
	last := w.count("a", payer, 6)
	w.stop("a")
	newest := w.now()

	w.forget(old)
	w.give("b") // which lacks six transactions
	w.start("a", dir)
	w.start("b", other)
	w.until("all that was final", func() bool { return w.now().Number >= newest.Number })
	w.level("a", "b")
	if got, err := w.replicas["b"].Receipt(t.Context(), last.Tx); err != nil || got != last {
		t.Errorf("Receipt = %+v, %v; was %+v", got, err, last)
	}
}

// The first to bring an older chain to a new ledger is not the one that lags.
func TestFounders(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	lags := copyOf(t, dir)
	alone := open(t, dir)
	r, err := chain.Transact(t.Context(), alone, payer, &chain.Address{1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	closeChain(t, alone)
	w := newWard(t)
	w.give("b")
	w.mu.Lock()
	w.holders = []flow.NodeID{"a", "b"} // both are to be heard
	w.mu.Unlock()
	w.start("b", lags)
	w.start("a", dir)
	w.level("a", "b")
	if got, err := w.replicas["b"].Receipt(t.Context(), r.Tx); err != nil || got != r {
		t.Errorf("Receipt = %+v, %v; was %+v", got, err, r)
	}
}

// A replica that has gone another way, on a chain that was agreed on no more,
// stands still and says what to do.
func TestForkStandsStill(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	fork := copyOf(t, dir)
	alone := open(t, fork)
	if _, err := chain.Transact(t.Context(), alone, payer, &chain.Address{2}, nil); err != nil {
		t.Fatal(err)
	}
	closeChain(t, alone)
	w := newWard(t)
	w.start("a", dir)
	w.count("a", payer, 7)
	b := w.start("b", fork)
	before, err := b.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.until("its word", func() bool { return b.Status().Problem != "" })
	w.give("b")
	if now, err := b.Head(t.Context()); err != nil || now != before {
		t.Errorf("Head = %+v, %v; was %+v", now, err, before)
	}
	w.stop("a")
	at := w.now()
	w.until("no block by a fork", func() bool { return w.now() == at })
}

// A folder with another chain is refused.
func TestAnotherChain(t *testing.T) {
	t.Parallel()
	dir, _, _ := found(t)
	other, _, _ := found(t)
	w := newWard(t)
	w.start("a", dir)
	w.until("a chain", func() bool { return w.now().Genesis != chain.Hash{} })
	b := w.start("b", other)
	w.until("its word", func() bool { return b.Status().Problem != "" })
}

// Hundreds of transactions of one account, handed at once to a replica that makes
// no blocks, get into blocks, though the maker changes under way.
func TestManyThroughAReplica(t *testing.T) {
	t.Parallel()
	dir, key, _ := found(t)
	w := newWard(t)
	w.start("a", dir)
	b := w.start("b", copyOf(t, dir))
	w.start("c", copyOf(t, dir))
	w.until("blocks", func() bool { return w.now().Number > 0 })
	w.level("b", "c")
	payer := chain.NewPayer(b, key, slog.New(slog.DiscardHandler))
	defer func() {
		if err := payer.Close(); err != nil {
			t.Error(err)
		}
	}()
	const many = 300
	failed := make(chan error, many)
	for n := range many {
		go func() {
			_, err := payer.Send(t.Context(), chain.Call{To: &chain.Address{1}, Data: []byte{byte(n)}, Gas: 50_000})
			failed <- err
		}()
	}
	w.give("c")
	for range many {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
	if n, err := b.Nonce(t.Context(), key.Address()); n != many || err != nil {
		t.Errorf("%d transactions of the account are in blocks (%v), want %d", n, err, many)
	}
}
