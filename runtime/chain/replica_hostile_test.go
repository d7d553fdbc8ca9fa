package chain_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/rlp"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A talk is what replicas say to each other, as it travels.
type talk struct {
	Kind    uint8
	Genesis chain.Hash
	Number  uint64
	Hash    chain.Hash
	Most    uint64
	Items   [][]byte
}

// twist changes answers to questions of a kind.
func twist(t *testing.T, kind uint8, change func(q talk, a *talk)) func(q, a []byte) ([]byte, error) {
	return func(question, answer []byte) ([]byte, error) {
		var q, a talk
		if err := rlp.DecodeBytes(question, &q); err != nil {
			t.Error(err)
		}
		if len(answer) > 0 {
			if err := rlp.DecodeBytes(answer, &a); err != nil {
				t.Error(err)
			}
		}
		if q.Kind == kind {
			change(q, &a)
		}
		return rlp.EncodeToBytes(a)
	}
}

// The kinds of questions, as in replica_ask.go.
const (
	askHead    = 1
	askGenesis = 2
	askHeaders = 3
	askBlocks  = 4
)

// A member that lies about the chain delays a replica that fetches, and no more:
// it turns to an honest one, and has nothing else than was agreed on.
func TestHostileMembers(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	w := newWard(t)
	a := w.start("a", dir)
	w.count("a", payer, 9)
	fork := forkOf(t, dir, payer)
	otherDir, _, _ := found(t)
	otherGenesis, err := os.ReadFile(filepath.Join(otherDir, chain.GenesisFile))
	if err != nil {
		t.Fatal(err)
	}
	for name, lie := range map[string]func(q, a []byte) ([]byte, error){
		"silent":      func([]byte, []byte) ([]byte, error) { return nil, os.ErrDeadlineExceeded },
		"noise":       func([]byte, []byte) ([]byte, error) { return bytes.Repeat([]byte{0xff}, 1<<16), nil },
		"endless":     func([]byte, []byte) ([]byte, error) { return make([]byte, 32<<20), nil },
		"many":        twist(t, askHeaders, func(_ talk, a *talk) { a.Items = make([][]byte, 100_000) }),
		"no headers":  twist(t, askHeaders, func(_ talk, a *talk) { a.Items = nil }),
		"no blocks":   twist(t, askBlocks, func(_ talk, a *talk) { a.Items = nil }),
		"more blocks": twist(t, askBlocks, func(q talk, a *talk) { a.Items = append(a.Items, make([][]byte, q.Most)...) }),
		"old head":    twist(t, askHead, func(_ talk, a *talk) { a.Number, a.Hash = 1, chain.Hash{1} }),
		"far head":    twist(t, askHead, func(_ talk, a *talk) { a.Number, a.Hash = 1<<60, chain.Hash{1} }),
		"other genesis": twist(t, askGenesis, func(_ talk, a *talk) {
			a.Items = [][]byte{otherGenesis}
		}),
		"other rules": twist(t, askGenesis, func(_ talk, a *talk) { a.Items = [][]byte{reconfigured(t, a.Items[0])} }),
		"other chain": twist(t, askBlocks, func(_ talk, a *talk) { a.Genesis = chain.Hash{7} }),
		"headers of a fork": twist(t, askHeaders, func(q talk, a *talk) {
			a.Items = nil
			for n := min(q.Number, headNumber(t, fork)); n > 0 && len(a.Items) < int(q.Most); n-- {
				h, err := fork.Header(t.Context(), n)
				if err != nil {
					t.Error(err)
				}
				a.Items = append(a.Items, h.RLP)
			}
		}),
		"blocks of a fork": twist(t, askBlocks, func(q talk, a *talk) {
			b, err := fork.Block(min(q.Number, headNumber(t, fork)))
			if err != nil {
				t.Error(err)
			}
			a.Items = [][]byte{b.RLP}
		}),
		"flipped": twist(t, askBlocks, func(_ talk, a *talk) {
			if len(a.Items) > 0 {
				a.Items[0] = slices.Clone(a.Items[0])
				a.Items[0][len(a.Items[0])-3] ^= 1
			}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.mu.Lock()
			w.holders = []flow.NodeID{"liar", "a"}
			w.lie["liar"] = func(q, _ []byte) ([]byte, error) {
				honest, err := a.Answer(t.Context(), flow.Identity{Role: flow.RoleNode, Name: "joins"}, q)
				if err != nil {
					return nil, err
				}
				return lie(q, honest)
			}
			w.mu.Unlock()
			r := w.start("joins", t.TempDir())
			defer w.stop("joins")
			w.level("joins")
			if s := r.Status(); s.Problem != "" {
				t.Errorf("Status = %+v", s)
			}
		})
	}
	w.t = t
}

// forkOf is a chain with the same genesis and other blocks.
func forkOf(t *testing.T, dir string, payer *chain.Key) *chain.Embedded {
	t.Helper()
	to := copyOf(t, dir)
	c := open(t, to)
	for range 2 {
		if _, err := chain.Transact(t.Context(), c, payer, &chain.Address{3}, nil); err != nil {
			t.Fatal(err)
		}
	}
	closeChain(t, c)
	return still(t, to)
}

// reconfigured is a genesis of the same hash under which the rules of Ethereum
// would be others.
func reconfigured(t *testing.T, genesis []byte) []byte {
	t.Helper()
	var g map[string]any
	if err := json.Unmarshal(genesis, &g); err != nil {
		t.Error(err)
		return nil
	}
	g["config"].(map[string]any)["osakaTime"] = 4_000_000_000
	text, err := json.Marshal(g)
	if err != nil {
		t.Error(err)
	}
	return text
}

// A maker that promises newer blocks and gives none keeps nobody from making
// blocks for long.
func TestHostileMaker(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	w := newWard(t)
	w.mu.Lock()
	w.holders = []flow.NodeID{"liar"}
	w.lie["liar"] = twist(t, askHead, func(_ talk, a *talk) { a.Number, a.Hash = 1<<40, chain.Hash{1} })
	w.mu.Unlock()
	a := w.start("a", dir)
	genesis, err := a.Header(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	honest := w.lie["liar"]
	w.mu.Lock()
	w.lie["liar"] = func(q, _ []byte) ([]byte, error) {
		given, err := rlp.EncodeToBytes(talk{Genesis: genesis.Hash})
		if err != nil {
			t.Error(err)
		}
		return honest(q, given)
	}
	w.mu.Unlock()
	w.until("blocks", func() bool { return w.now().Number > 1 })
	w.count("a", payer, 1)
}

// What one who is no node asks is not answered, and nonsense is refused.
func TestReplicaAnswersNodesOnly(t *testing.T) {
	t.Parallel()
	dir, _, _ := found(t)
	w := newWard(t)
	a := w.start("a", dir)
	head, err := rlp.EncodeToBytes(talk{Kind: askHead})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Answer(t.Context(), flow.Identity{Role: flow.RoleStaff, Name: "x"}, head); err == nil {
		t.Error("staff was answered")
	}
	for _, q := range []talk{{Kind: 99}, {Kind: askBlocks, Number: 1 << 40, Most: 1}, {Kind: 5, Items: [][]byte{{1}}}} {
		b, err := rlp.EncodeToBytes(q)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := a.Answer(t.Context(), flow.Identity{Role: flow.RoleNode, Name: "x"}, b); err == nil {
			t.Errorf("%+v was answered: %x", q, got)
		}
	}
}

// Blocks are judged before they are agreed on.
func TestCheckBlock(t *testing.T) {
	t.Parallel()
	dir, payer, _ := found(t)
	w := newWard(t)
	a := w.start("a", dir)
	w.count("a", payer, 1)
	w.level("a")
	w.mu.Lock()
	w.halted = true
	last := w.kept[len(w.kept)-1]
	genesis := w.agreed.Genesis
	w.mu.Unlock()
	if _, err := chain.CheckBlock(last.RLP, last.Number, last.Parent, last.Hash); err != nil {
		t.Errorf("a good block: %v", err)
	}
	for name, err := range map[string]error{
		"another number": second(chain.CheckBlock(last.RLP, last.Number+1, last.Parent, last.Hash)),
		"another hash":   second(chain.CheckBlock(last.RLP, last.Number, last.Parent, chain.Hash{1})),
		"another parent": second(chain.CheckBlock(last.RLP, last.Number, chain.Hash{1}, last.Hash)),
		"no block":       second(chain.CheckBlock([]byte("x"), last.Number, last.Parent, last.Hash)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	fork := forkOf(t, dir, payer) // on the first block, not on the newest: not executed, as nothing is known of it
	b, err := fork.Block(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Check(genesis, b); err != nil {
		t.Errorf("a block elsewhere: %v", err)
	}
	if time.Until(b.Time) > 0 {
		t.Error("a block from the future")
	}
}

func second(_ chain.Block, err error) error { return err }
