package chain

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
)

// ErrOvertaken reports a block that does not follow the newest final one.
var ErrOvertaken = errors.New("another block is final there")

// Genesis is the hash of the first block, which names the chain.
func (e *Embedded) Genesis() Hash { return e.eth.BlockChain().Genesis().Hash() }

// Add executes a block that others have agreed on, and makes it final: it is
// safely on disk when Add returns nil. A block that is final already is no error;
// one that does not follow the newest is [ErrOvertaken]; any other error is that
// of a block which is no good, or of the disk.
func (e *Embedded) Add(b Block) error {
	e.adding.Lock()
	defer e.adding.Unlock()
	if err := e.addLocked(b); err != nil {
		return fmt.Errorf("add block %d: %w", b.Number, err)
	}
	return nil
}

func (e *Embedded) addLocked(b Block) error {
	bc := e.eth.BlockChain()
	head := bc.CurrentBlock()
	if b.Number <= head.Number.Uint64() {
		if bc.GetCanonicalHash(b.Number) != b.Hash {
			return fmt.Errorf("%w: block %d is %s, not %s", ErrOvertaken, b.Number, bc.GetCanonicalHash(b.Number), b.Hash)
		}
		return nil
	}
	if b.Parent != head.Hash() {
		return fmt.Errorf("%w: it follows %s, and block %v is %s", ErrOvertaken, b.Parent, head.Number, head.Hash())
	}
	if err := e.try(b); err != nil {
		return err
	}
	if _, err := bc.SetCanonical(b.block); err != nil {
		return fmt.Errorf("set head: %w", err)
	}
	// Final only once it is on the disk: what we confirm, a kill -9 can't take
	// back. The store's log is otherwise buffered in the process.
	if err := e.eth.ChainDb().SyncKeyValue(); err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	bc.SetFinalized(b.block.Header())
	bc.SetSafe(b.block.Header())
	e.notify()
	return nil
}

// try executes a block whose parent is here, and changes nothing that anybody
// reads.
func (e *Embedded) try(b Block) error {
	bc := e.eth.BlockChain()
	if bc.HasBlockAndState(b.Hash, b.Number) {
		return nil
	}
	if _, err := bc.InsertBlockWithoutSetHead(context.Background(), b.block, false); err != nil {
		return fmt.Errorf("execute: %w", err)
	}
	return nil
}

// Block is a final block.
func (e *Embedded) Block(number uint64) (Block, error) {
	b, err := e.finalBlock(number)
	if err != nil {
		return Block{}, err
	}
	return blockOf(b)
}

func (e *Embedded) finalBlock(number uint64) (*types.Block, error) {
	bc := e.eth.BlockChain()
	final := bc.CurrentFinalBlock()
	if final == nil || number > final.Number.Uint64() {
		return nil, fmt.Errorf("block %d: %w", number, ErrNoBlock)
	}
	b := bc.GetBlockByNumber(number)
	if b == nil {
		return nil, fmt.Errorf("block %d: %w", number, ErrNoBlock)
	}
	return b, nil
}

// blocks are encoded final blocks from a number on, at least one and as many more
// as fit into size bytes.
func (e *Embedded) blocks(from uint64, most, size int) ([][]byte, error) {
	var list [][]byte
	for n := from; len(list) < most; n++ {
		b, err := e.finalBlock(n)
		if errors.Is(err, ErrNoBlock) && len(list) > 0 {
			break
		}
		if err != nil {
			return nil, err
		}
		encoded, err := rlp.EncodeToBytes(b)
		if err != nil {
			return nil, err
		}
		if size -= len(encoded); size < 0 && len(list) > 0 {
			break
		}
		list = append(list, encoded)
	}
	return list, nil
}

// headersDown are encoded headers of final blocks from a number down to the first.
func (e *Embedded) headersDown(from uint64, most int) ([][]byte, error) {
	b, err := e.finalBlock(from)
	if err != nil {
		return nil, err
	}
	var list [][]byte
	for h := b.Header(); len(list) < most; {
		encoded, err := rlp.EncodeToBytes(h)
		if err != nil {
			return nil, err
		}
		list = append(list, encoded)
		if h.Number.Sign() == 0 {
			break
		}
		if h = e.eth.BlockChain().GetHeader(h.ParentHash, h.Number.Uint64()-1); h == nil {
			return nil, fmt.Errorf("header before block %d: %w", from-uint64(len(list)), ErrNoBlock)
		}
	}
	return list, nil
}

// head is the newest final block.
func (e *Embedded) head() Head {
	return headOf(e.eth.BlockChain().CurrentFinalBlock())
}

// waiting are the transactions that no block has yet.
func (e *Embedded) waiting() []*types.Transaction {
	pending, queued := e.eth.TxPool().Content()
	var all []*types.Transaction
	for _, list := range pending {
		all = append(all, list...)
	}
	for _, list := range queued {
		all = append(all, list...)
	}
	return all
}

// take puts transactions among those that wait. What is no good is left out.
func (e *Embedded) take(txs []*types.Transaction) { e.eth.TxPool().Add(txs, false) }
