package register

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// The nodes that hold the chain of the rules agree on its blocks here: a block is
// final when it is agreed on, and each names the one before it, so there are never
// two chains. What is in a block is no matter of the register; it keeps the newest
// ones, which are then safe though the node that made them is lost, and the others
// are on the disks of those who hold the chain.

// Bounds on the blocks that are kept.
const (
	maxBlock   = 8 << 20 // bytes of one; EIP-7934 has the same
	keptBlocks = 256
	keptBytes  = 8 << 20 // of all that are kept; the newest is kept whatever it has
)

var (
	// ErrOvertaken reports a block that does not follow the newest one that was
	// agreed on: fetch those first.
	ErrOvertaken = errors.New("another block was agreed on")
	// ErrOtherChain reports a block of a chain that is not the cluster's.
	ErrOtherChain = errors.New("the cluster has another chain")
)

// A Block is one block of the cluster's chain. The hashes are Ethereum's.
type Block struct {
	Genesis [32]byte // of the chain's first block: it names the chain
	Number  uint64
	Parent  [32]byte // hash of the block before
	Hash    [32]byte
	Body    []byte // RLP, at most 8 MiB
}

// A ChainHead is the newest block that was agreed on.
type ChainHead struct {
	Genesis [32]byte
	Number  uint64
	Hash    [32]byte
}

// putBlock is kind 17: the block that is there changes nothing, and any other one
// must follow the newest.
type putBlock struct{ Block Block }

func (putBlock) kind() byte { return kindPutBlock }

// A ledger is what is agreed about the chain. It is a value; blocks is only ever
// appended to, and cut at its beginning.
type ledger struct {
	head   ChainHead
	known  bool    // a block was agreed on; else all else is zero
	blocks []Block // the newest, each after the one before; the last is the head
	bytes  int     // of their bodies
}

func (s *state) putBlock(c putBlock) result {
	b, l := c.Block, &s.ledger
	switch {
	case len(b.Body) == 0 || len(b.Body) > maxBlock:
		return refuse(faultBad, "block %d of %d bytes: want 1 to %d", b.Number, len(b.Body), maxBlock)
	case !l.known: // the first one may be any: an older chain comes with its head
	case b.Genesis != l.head.Genesis:
		return refuse(faultChain, "block %d is of the chain %x…, the cluster's is %x…", b.Number, b.Genesis[:6], l.head.Genesis[:6])
	case l.has(b):
		return result{}
	case b.Number != l.head.Number+1 || b.Parent != l.head.Hash:
		return refuse(faultBlock, "block %d (after %x…) does not follow block %d (%x…)", b.Number, b.Parent[:6], l.head.Number, l.head.Hash[:6])
	}
	l.add(b)
	return result{}
}

// at is the kept block of a number; nil: it is not there, or not any more.
func (l *ledger) at(number uint64) *Block {
	if back := l.head.Number - number; number <= l.head.Number && back < uint64(len(l.blocks)) {
		return &l.blocks[len(l.blocks)-1-int(back)]
	}
	return nil
}

func (l *ledger) has(b Block) bool {
	there := l.at(b.Number)
	return there != nil && there.Hash == b.Hash
}

func (l *ledger) add(b Block) {
	l.head, l.known = ChainHead{b.Genesis, b.Number, b.Hash}, true
	l.blocks, l.bytes = append(l.blocks, b), l.bytes+len(b.Body)
	for len(l.blocks) > keptBlocks || len(l.blocks) > 1 && l.bytes > keptBytes {
		l.bytes -= len(l.blocks[0].Body)
		l.blocks = l.blocks[1:]
	}
}

// ledgerRecord is a ledger in a snapshot.
type ledgerRecord struct {
	Blocks []blockRecord `json:"blocks"` // from the oldest
}

type blockRecord struct {
	Number uint64 `json:"number"`
	Bytes  []byte `json:"bytes"` // as in the command
}

func (l *ledger) record() *ledgerRecord {
	if !l.known {
		return nil
	}
	r := &ledgerRecord{}
	for _, b := range l.blocks {
		r.Blocks = append(r.Blocks, blockRecord{b.Number, appendBlock(nil, b)})
	}
	return r
}

func (r *ledgerRecord) ledger() (l ledger, err error) {
	if r == nil {
		return l, nil
	}
	for _, one := range r.Blocks {
		b, err := readBlock(one.Bytes)
		if err != nil {
			return l, fmt.Errorf("block %d: %w", one.Number, err)
		}
		l.add(b)
	}
	return l, nil
}

func (l ledger) copy() ledger {
	l.blocks = slices.Clip(l.blocks)
	return l
}

// appendBlock writes a block as it stands in a command: three hashes, the number
// and the body. JSON would make a third more of it.
func appendBlock(to []byte, b Block) []byte {
	to = append(to, b.Genesis[:]...)
	to = append(to, b.Parent[:]...)
	to = append(to, b.Hash[:]...)
	to = binary.AppendUvarint(to, b.Number)
	return append(to, b.Body...)
}

func readBlock(from []byte) (b Block, err error) {
	if len(from) < 3*32 {
		return b, errShort
	}
	b.Genesis, b.Parent, b.Hash = [32]byte(from), [32]byte(from[32:]), [32]byte(from[64:])
	b.Number, b.Body, err = readUvarint(from[96:])
	return b, err
}

func encodeBlock(c putBlock) ([]byte, error) {
	b := appendBlock([]byte{commandFormat, kindPutBlock}, c.Block)
	if len(b) > packFrom {
		return pack(b)
	}
	return b, nil
}

// PutBlock has the next block of the chain agreed on. When it returns nil a
// majority of the voters has the block on disk, and no other one will ever follow
// its parent. Of a cluster that has no chain yet it may be any block. If it does
// not follow the newest one the error is [ErrOvertaken]; if it is of another
// chain, [ErrOtherChain]. After any other error the block may have been agreed on
// all the same: [Register.Chain] tells.
func (r *Register) PutBlock(ctx context.Context, b Block) error {
	if _, err := r.apply(ctx, putBlock{b}); err != nil {
		return fmt.Errorf("agree on block %d: %w", b.Number, err)
	}
	return nil
}
