package chain

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/rlp"
)

// maxHeader bounds an encoded header, in bytes. One of ours has about 600; one
// of a Clique chain has 20 more for each sealer.
const maxHeader = 16 << 10

// A Header is a block without its transactions. Its hash is that of its
// encoding, so a header whose hash one trusts can be trusted whole.
type Header struct {
	Head
	Parent   Hash   // of the block before
	State    Hash   // root of the state after the block
	Receipts Hash   // root of the receipts of its transactions
	RLP      []byte // as the Ethereum protocol encodes it
}

// ParseHeader reads an encoded header and computes its hash.
func ParseHeader(encoded []byte) (Header, error) {
	h, err := decodeHeader(encoded)
	if err != nil {
		return Header{}, err
	}
	out := headerOf(h)
	// Not of what was decoded: it is these bytes that are vouched for.
	out.Hash, out.RLP = crypto.Keccak256Hash(encoded), encoded
	return out, nil
}

func decodeHeader(encoded []byte) (*types.Header, error) {
	if len(encoded) > maxHeader {
		return nil, fmt.Errorf("header of %d bytes: want at most %d", len(encoded), maxHeader)
	}
	var h types.Header
	if err := rlp.DecodeBytes(encoded, &h); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if !h.Number.IsUint64() || h.Time > maxTime {
		return nil, fmt.Errorf("header: block %v of second %d: no chain is so long or so late", h.Number, h.Time)
	}
	return &h, nil
}

// maxTime is the last second of the year 9999: later ones can't be written.
const maxTime = 253402300799

func headerOf(h *types.Header) Header {
	return Header{Head: headOf(h), Parent: h.ParentHash, State: h.Root, Receipts: h.ReceiptHash}
}

// encodeHeader is the reverse of [ParseHeader].
func encodeHeader(h *types.Header) (Header, error) {
	encoded, err := rlp.EncodeToBytes(h)
	if err != nil {
		return Header{}, fmt.Errorf("encode header: %w", err)
	}
	return ParseHeader(encoded)
}

// Header implements [Reader].
func (c *client) Header(ctx context.Context, number uint64) (Header, error) {
	head, err := c.finalHead(ctx)
	if err != nil {
		return Header{}, fmt.Errorf("header of block %d: %w", number, err)
	}
	if number > head.Number {
		return Header{}, fmt.Errorf("header of block %d: %w: the last final one is %d", number, ErrNoBlock, head.Number)
	}
	h, err := c.eth.HeaderByNumber(ctx, new(big.Int).SetUint64(number))
	if err != nil {
		return Header{}, fmt.Errorf("header of block %d: %w", number, explained(err))
	}
	if err := plausible(h, number); err != nil {
		return Header{}, err
	}
	return encodeHeader(h)
}

// plausible reports a header that is not the one that was asked for.
func plausible(h *types.Header, number uint64) error {
	if !h.Number.IsUint64() || h.Number.Uint64() != number || h.Time > maxTime {
		return fmt.Errorf("header of block %d: the endpoint gave that of block %v", number, h.Number)
	}
	return nil
}
