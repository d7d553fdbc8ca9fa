package chain

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/rpc"
)

// What is kept of a state, and asked for at once.
const (
	maxSlots     = 8192 // kept from block to block; beyond, they are read anew
	slotsPerCall = 512  // in one request for a proof
	callsAtOnce  = 50   // requests in one batch
)

// proven is what is known of the state after one block: parts that were
// proved against the state root in the block's header.
type proven struct {
	header *types.Header
	hash   Hash

	mu       sync.Mutex // guards accounts and slots
	accounts map[Address]*account
	slots    int // in all accounts
}

// An account is one of a state. Its state never changes; slots only grow.
type account struct {
	state *types.StateAccount // nil: there is no such account
	slots map[Hash]Hash       // what is known of its storage
}

func newProven(header *types.Header, hash Hash) *proven {
	return &proven{header: header, hash: hash, accounts: map[Address]*account{}}
}

func (p *proven) account(a Address) (*account, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	acc, ok := p.accounts[a]
	return acc, ok
}

func (p *proven) slot(a Address, key Hash) (value Hash, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	acc, known := p.accounts[a]
	if !known {
		return Hash{}, false
	}
	if acc.state == nil || acc.state.Root == types.EmptyRootHash {
		return Hash{}, true
	}
	value, ok = acc.slots[key]
	return value, ok
}

// A want is an account, and what is wanted of its storage.
type want struct {
	address Address
	slots   []Hash
}

// wants are the accounts that are known, with their slots or without.
func (p *proven) wants(withSlots bool) []want {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []want
	for a, acc := range p.accounts {
		w := want{address: a}
		if withSlots {
			w.slots = slices.Collect(maps.Keys(acc.slots))
		}
		all = append(all, w)
	}
	return all
}

// inherit takes over the slots of the state before for every account whose
// storage is the same, and returns the wants for those whose storage is not.
func (p *proven) inherit(before *proven) []want {
	var missing []want
	for _, w := range before.wants(true) {
		was, _ := before.account(w.address)
		is, ok := p.account(w.address)
		switch {
		case !ok || is.state == nil || len(w.slots) == 0:
		case was.state != nil && was.state.Root == is.state.Root:
			before.mu.Lock()
			slots := maps.Clone(was.slots)
			before.mu.Unlock()
			p.add(w.address, is.state, slots)
		default:
			missing = append(missing, w)
		}
	}
	return missing
}

func (p *proven) add(a Address, state *types.StateAccount, slots map[Hash]Hash) {
	p.mu.Lock()
	defer p.mu.Unlock()
	acc, ok := p.accounts[a]
	if !ok {
		acc = &account{state: state, slots: map[Hash]Hash{}}
		p.accounts[a] = acc
	}
	for k, v := range slots {
		if _, ok := acc.slots[k]; !ok {
			p.slots++
		}
		acc.slots[k] = v
	}
}

// full reports that there is too much to carry on to the next block.
func (p *proven) full() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.slots > maxSlots || len(p.accounts) > maxSlots
}

// accountProof is the part that we read of an answer to eth_getProof. What it
// says beside the proofs is not looked at.
type accountProof struct {
	AccountProof []hexutil.Bytes `json:"accountProof"`
	StorageProof []struct {
		Key   string          `json:"key"`
		Proof []hexutil.Bytes `json:"proof"`
	} `json:"storageProof"`
}

// fetch asks for accounts and slots, proves and keeps them.
func (p *proven) fetch(ctx context.Context, c *rpc.Client, all []want) error {
	for all = inParts(all); len(all) > 0; {
		n := min(len(all), callsAtOnce)
		batch, answers := proofRequests(p.hash, all[:n])
		if err := c.BatchCallContext(ctx, batch); err != nil {
			return fmt.Errorf("ask for proofs: %w", explained(err))
		}
		for i, w := range all[:n] {
			if err := batch[i].Error; err != nil {
				return fmt.Errorf("ask for a proof of %s: %w", w.address, explained(err))
			}
			if err := p.take(w, &answers[i]); err != nil {
				return fmt.Errorf("account %s after block %v: %w: %w", w.address, p.header.Number, ErrUnproved, err)
			}
		}
		all = all[n:]
	}
	return nil
}

// inParts splits wants that are too large for one request.
func inParts(all []want) []want {
	var out []want
	for _, w := range all {
		for len(w.slots) > slotsPerCall {
			out = append(out, want{w.address, w.slots[:slotsPerCall]})
			w.slots = w.slots[slotsPerCall:]
		}
		out = append(out, w)
	}
	return out
}

func proofRequests(at Hash, all []want) ([]rpc.BatchElem, []accountProof) {
	batch, answers := make([]rpc.BatchElem, len(all)), make([]accountProof, len(all))
	for i, w := range all {
		keys := make([]string, len(w.slots))
		for j, k := range w.slots {
			keys[j] = k.Hex()
		}
		batch[i] = rpc.BatchElem{Method: "eth_getProof", Args: []any{w.address, keys, blockArg(at)}, Result: &answers[i]}
	}
	return batch, answers
}

// blockArg names a block by its hash (EIP-1898).
func blockArg(at Hash) map[string]any { return map[string]any{"blockHash": at} }

// take proves what was answered and keeps it.
func (p *proven) take(w want, in *accountProof) error {
	state, err := provedAccount(p.header.Root, w.address, bytesOf(in.AccountProof))
	if err != nil {
		return err
	}
	slots := make(map[Hash]Hash, len(w.slots))
	if state != nil && state.Root != types.EmptyRootHash {
		if len(in.StorageProof) != len(w.slots) {
			return fmt.Errorf("%d slots were asked for, %d answered", len(w.slots), len(in.StorageProof))
		}
		for i, key := range w.slots {
			if slots[key], err = provedSlot(state.Root, key, bytesOf(in.StorageProof[i].Proof)); err != nil {
				return fmt.Errorf("slot %s: %w", key, err)
			}
		}
	}
	p.add(w.address, state, slots)
	return nil
}

func bytesOf(nodes []hexutil.Bytes) [][]byte {
	out := make([][]byte, len(nodes))
	for i, n := range nodes {
		out[i] = n
	}
	return out
}

// provedAccount is an account of the state with the root; nil: it has none.
func provedAccount(root Hash, a Address, nodes [][]byte) (*types.StateAccount, error) {
	value, err := provedValue(root, crypto.Keccak256(a[:]), nodes)
	if err != nil || value == nil {
		return nil, err
	}
	var state types.StateAccount
	if err := rlp.DecodeBytes(value, &state); err != nil {
		return nil, fmt.Errorf("the account: %w", err)
	}
	return &state, nil
}

// provedSlot is a slot of the storage with the root.
func provedSlot(root Hash, key Hash, nodes [][]byte) (Hash, error) {
	value, err := provedValue(root, crypto.Keccak256(key[:]), nodes)
	if err != nil || value == nil {
		return Hash{}, err
	}
	_, content, rest, err := rlp.Split(value)
	if err != nil || len(rest) != 0 || len(content) > 32 {
		return Hash{}, fmt.Errorf("its value is not one word")
	}
	return common.BytesToHash(content), nil
}
