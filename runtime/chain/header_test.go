package chain_test

import (
	"bytes"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"

	"github.com/wardflow/wardflow/runtime/chain"
)

// What is parsed is what a header says, and encoded again it is the same.
func FuzzParseHeader(f *testing.F) {
	header, _ := chain.FakeBlock(f, 1)
	f.Add(header.RLP)
	f.Add(append(bytes.Clone(header.RLP), 0))
	f.Add(header.RLP[:100])
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := chain.ParseHeader(text)
		if err != nil {
			return
		}
		var again types.Header
		if err := rlp.DecodeBytes(text, &again); err != nil {
			t.Fatal(err)
		}
		if again.Hash() != h.Hash || again.Root != h.State || again.Number.Uint64() != h.Number {
			t.Errorf("parsed as %+v, but go-ethereum reads block %v, %s", h, again.Number, again.Hash())
		}
	})
}
