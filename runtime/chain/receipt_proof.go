package chain

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"
	"github.com/ethereum/go-ethereum/trie/trienode"
)

// What a receipt proof may hold.
const (
	maxProofNodes = 64      // a path has one node a half byte of its key, and keys are short
	maxProofNode  = 1 << 20 // bytes; the last node has the receipt in it
)

// A ReceiptProof shows that a transaction with its logs is in a block: the
// block's header and the path from the root of receipts, which the header
// names, to the receipt. Whoever trusts the header's hash needs nothing else.
type ReceiptProof struct {
	Header []byte   `json:"header"` // as [Header.RLP]
	Index  uint64   `json:"index"`  // of the transaction in its block, from 0
	Nodes  [][]byte `json:"nodes"`  // of the Merkle Patricia tree, the root first, the last with the receipt
}

// A Proved is what a [ReceiptProof] shows.
type Proved struct {
	Header Header
	// Receipt is as the Ethereum protocol encodes it, its type byte first.
	Receipt []byte
	Gas     uint64 // used by this transaction and those before it in the block
	OK      bool   // false: the transaction reverted and changed nothing
	// Logs are those of the transaction. Their Tx is zero, since a receipt
	// does not name its transaction, and Index counts within the transaction.
	Logs []Log
}

// Verify checks the proof by computing alone. What it shows is true of the
// chain on which a block with the hash of the Header is final.
func (p *ReceiptProof) Verify() (*Proved, error) {
	header, err := ParseHeader(p.Header)
	if err != nil {
		return nil, fmt.Errorf("receipt proof: %w", err)
	}
	if len(p.Nodes) == 0 || len(p.Nodes) > maxProofNodes {
		return nil, fmt.Errorf("receipt proof: %d nodes, want 1 to %d", len(p.Nodes), maxProofNodes)
	}
	value, err := provedValue(header.Receipts, rlp.AppendUint64(nil, p.Index), p.Nodes)
	if err != nil {
		return nil, fmt.Errorf("receipt proof: %w", err)
	}
	if value == nil {
		return nil, fmt.Errorf("receipt proof: block %d has no transaction %d", header.Number, p.Index)
	}
	var r types.Receipt
	if err := r.UnmarshalBinary(value); err != nil {
		return nil, fmt.Errorf("receipt proof: the receipt: %w", err)
	}
	out := &Proved{Header: header, Receipt: value, Gas: r.CumulativeGasUsed, OK: r.Status == types.ReceiptStatusSuccessful}
	for i, l := range r.Logs {
		out.Logs = append(out.Logs, Log{Address: l.Address, Topics: l.Topics, Data: l.Data,
			Block: header.Number, BlockHash: header.Hash, Index: uint(i)})
	}
	return out, nil
}

// errNodes reports a proof of which something was not looked at, so that it
// could have been anything.
var errNodes = errors.New("more nodes than the path has")

// provedValue walks a path of a Merkle Patricia tree, which must have no node
// too many, and returns what is at its end: nil if the tree has no such key.
func provedValue(root Hash, key []byte, nodes [][]byte) (value []byte, err error) {
	set := newNodeSet(nodes)
	for i, n := range nodes {
		if len(n) > maxProofNode {
			return nil, fmt.Errorf("node %d has %d bytes, want at most %d", i, len(n), maxProofNode)
		}
	}
	value, err = trie.VerifyProof(root, key, set)
	if err != nil {
		return nil, err
	}
	if set.used != len(nodes) {
		return nil, errNodes
	}
	return value, nil
}

// ReceiptProof implements [Reader].
func (c *client) ReceiptProof(ctx context.Context, tx Hash) (*ReceiptProof, error) {
	p, err := c.receiptProof(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("prove the receipt of %s: %w", tx, err)
	}
	return p, nil
}

func (c *client) receiptProof(ctx context.Context, tx Hash) (*ReceiptProof, error) {
	receipt, err := c.eth.TransactionReceipt(ctx, tx)
	if err != nil {
		return nil, explained(err)
	}
	if receipt.BlockNumber == nil || !receipt.BlockNumber.IsUint64() {
		return nil, errors.New("the endpoint gave a receipt without a block")
	}
	header, err := c.Header(ctx, receipt.BlockNumber.Uint64())
	if err != nil {
		return nil, err
	}
	all, err := c.eth.BlockReceipts(ctx, rpc.BlockNumberOrHashWithHash(header.Hash, false))
	if err != nil {
		return nil, fmt.Errorf("receipts of block %d: %w", header.Number, explained(err))
	}
	return proveReceipt(header, all, uint64(receipt.TransactionIndex))
}

// proveReceipt proves the receipt at index of all those of a block.
func proveReceipt(header Header, all types.Receipts, index uint64) (*ReceiptProof, error) {
	t := trie.NewEmpty(nil)
	for i, r := range all {
		encoded, err := r.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("receipt %d: %w", i, err)
		}
		if err := t.Update(rlp.AppendUint64(nil, uint64(i)), encoded); err != nil {
			return nil, fmt.Errorf("receipt %d: %w", i, err)
		}
	}
	if t.Hash() != header.Receipts {
		return nil, fmt.Errorf("the receipts that the endpoint gave are not those of block %d", header.Number)
	}
	nodes := trienode.NewProofSet()
	if err := t.Prove(rlp.AppendUint64(nil, index), nodes); err != nil {
		return nil, err
	}
	p := &ReceiptProof{Header: header.RLP, Index: index, Nodes: nodes.List()}
	_, err := p.Verify()
	return p, err
}
