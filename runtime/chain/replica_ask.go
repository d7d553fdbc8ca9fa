package chain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What replicas ask each other. What comes back is believed as far as it fits
// what was agreed on; whoever asks may be any node of the hospital.

// The kinds of questions.
const (
	askHead    = iota + 1 // → where the chain is
	askGenesis            // → the text of genesis.json
	askHeaders            // From, Most → headers from that block down to the first
	askBlocks             // From, Most → blocks from that one up
	askTake               // Items: transactions → nothing
)

// Bounds on one question and its answer. A door carries 4 MiB.
const (
	mostHeaders = 4096
	mostBlocks  = 1024
	mostTxs     = 4096
	mostBytes   = 3 << 20
	maxGenesis  = 1 << 20
)

// A replicaTalk is a question or an answer, in RLP.
type replicaTalk struct {
	Kind    uint8 // of a question; 0: an answer
	Genesis Hash  // of an answer: the chain that is spoken of
	Number  uint64
	Hash    Hash // of an answer to askHead
	Most    uint64
	Items   rlp.RawValue // list of strings
}

func (t replicaTalk) encode(items [][]byte) ([]byte, error) {
	var err error
	if t.Items, err = rlp.EncodeToBytes(items); err != nil {
		return nil, err
	}
	return rlp.EncodeToBytes(t)
}

func readTalk(b []byte) (t replicaTalk, items [][]byte, err error) {
	if len(b) > 2*maxBlock {
		return t, nil, fmt.Errorf("%d bytes of a replica: want at most %d", len(b), 2*maxBlock)
	}
	if err := rlp.DecodeBytes(b, &t); err != nil {
		return t, nil, fmt.Errorf("read what a replica says: %w", err)
	}
	items, err = itemsOf(t.Items)
	if err != nil {
		return t, nil, fmt.Errorf("read what a replica says: %w", err)
	}
	return t, items, nil
}

// itemsOf reads a list of strings, of bounded length: each one costs memory, even
// if it is empty.
func itemsOf(raw rlp.RawValue) ([][]byte, error) {
	content, rest, err := rlp.SplitList(raw)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, errors.New("something follows the list")
	}
	var items [][]byte
	for len(content) > 0 {
		var item []byte
		if item, content, err = rlp.SplitString(content); err != nil {
			return nil, err
		}
		if items = append(items, item); len(items) > max(mostHeaders, mostTxs) {
			return nil, fmt.Errorf("more than %d items", len(items)-1)
		}
	}
	return items, nil
}

// Answer answers the question of another node's replica.
func (r *Replica) Answer(_ context.Context, peer flow.Identity, question []byte) ([]byte, error) {
	if peer.Role != flow.RoleNode {
		return nil, fmt.Errorf("%s is not a node", peer.URI)
	}
	q, items, err := readTalk(question)
	if err != nil {
		return nil, err
	}
	e, err := r.reading()
	if err != nil && q.Kind == askHead {
		return NoReplica(), nil
	}
	if err != nil {
		return nil, err
	}
	a := replicaTalk{Genesis: e.Genesis()}
	var out [][]byte
	switch q.Kind {
	case askHead:
		h := e.head()
		a.Number, a.Hash = h.Number, h.Hash
	case askGenesis:
		var text []byte
		text, err = os.ReadFile(filepath.Join(r.cfg.Dir, GenesisFile))
		out = append(out, text)
	case askHeaders:
		out, err = e.headersDown(q.Number, int(min(q.Most, mostHeaders)))
	case askBlocks:
		out, err = e.blocks(q.Number, int(min(q.Most, mostBlocks)), mostBytes)
	case askTake:
		err = r.takeAll(e, items)
	default:
		err = fmt.Errorf("a question of kind %d is not known here", q.Kind)
	}
	if err != nil {
		return nil, err
	}
	return a.encode(out)
}

// NoReplica is what a node answers that holds no chain.
func NoReplica() []byte {
	b, err := replicaTalk{}.encode(nil)
	if err != nil {
		panic("chain: an answer that can't be written: " + err.Error())
	}
	return b
}

func (r *Replica) takeAll(e *Embedded, items [][]byte) error {
	txs := make([]*types.Transaction, 0, len(items))
	for _, b := range items {
		var tx types.Transaction
		if err := tx.UnmarshalBinary(b); err != nil {
			return fmt.Errorf("take transaction: %w", err)
		}
		txs = append(txs, &tx)
	}
	e.take(txs)
	return nil
}

// ask asks another node, and refuses an answer about another chain than ours; a
// zero genesis takes any.
func (r *Replica) ask(node flow.NodeID, genesis Hash, q replicaTalk, items ...[]byte) (replicaTalk, [][]byte, error) {
	fail := func(err error) (replicaTalk, [][]byte, error) {
		return replicaTalk{}, nil, fmt.Errorf("ask node %s about the chain: %w", node, err)
	}
	b, err := q.encode(items)
	if err != nil {
		return fail(err)
	}
	within := askWithin
	if q.Kind == askHead {
		within = headWithin
	}
	ctx, cancel := context.WithTimeout(r.ends, within)
	defer cancel()
	if b, err = r.cfg.Peers.Ask(ctx, node, b); err != nil {
		return fail(err)
	}
	a, out, err := readTalk(b)
	if err != nil {
		return fail(err)
	}
	if genesis != (Hash{}) && a.Genesis != genesis {
		return fail(fmt.Errorf("%w: it has %s, and %s was agreed on", ErrOtherChain, a.Genesis, genesis))
	}
	return a, out, nil
}
