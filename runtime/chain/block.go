package chain

import (
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/trie"
)

// maxBlock bounds an encoded block, in bytes: EIP-7934.
const maxBlock = 8 << 20

// A Block is a block on its way between those who hold the chain. Its header is
// that of the Hash, and its transactions are those that the header names; whether
// they lead to the state that it names is found by executing them.
type Block struct {
	Head
	Parent Hash   // of the block before
	RLP    []byte // as the Ethereum protocol encodes it

	block *types.Block
}

// ParseBlock reads an encoded block and computes its hash.
func ParseBlock(encoded []byte) (Block, error) {
	if len(encoded) > maxBlock {
		return Block{}, fmt.Errorf("block of %d bytes: want at most %d", len(encoded), maxBlock)
	}
	var b types.Block
	if err := rlp.DecodeBytes(encoded, &b); err != nil {
		return Block{}, fmt.Errorf("block: %w", err)
	}
	h := b.Header()
	switch {
	case !h.Number.IsUint64() || h.Time > maxTime:
		return Block{}, fmt.Errorf("block %v of second %d: no chain is so long or so late", h.Number, h.Time)
	case types.DeriveSha(b.Transactions(), trie.NewStackTrie(nil)) != h.TxHash:
		return Block{}, fmt.Errorf("block %v: its transactions are not those that its header names", h.Number)
	case len(b.Uncles()) > 0 || h.UncleHash != types.EmptyUncleHash:
		return Block{}, fmt.Errorf("block %v: it names uncles, and there are none on this chain", h.Number)
	case len(b.Withdrawals()) > 0:
		return Block{}, fmt.Errorf("block %v: it pays out withdrawals, and there are none on this chain", h.Number)
	}
	return Block{Head: headOf(h), Parent: h.ParentHash, RLP: encoded, block: &b}, nil
}

func blockOf(b *types.Block) (Block, error) {
	encoded, err := rlp.EncodeToBytes(b)
	if err != nil {
		return Block{}, fmt.Errorf("encode block %v: %w", b.Number(), err)
	}
	return Block{Head: headOf(b.Header()), Parent: b.ParentHash(), RLP: encoded, block: b}, nil
}
