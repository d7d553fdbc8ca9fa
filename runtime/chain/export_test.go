package chain

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rlp"
	"github.com/ethereum/go-ethereum/trie"
)

var ProveReceipt = proveReceipt

// FakeBlock is a header over n receipts, of which each has one log that begins
// with its own index.
func FakeBlock(t testing.TB, n int) (Header, types.Receipts) {
	t.Helper()
	var all types.Receipts
	for i := range n {
		all = append(all, &types.Receipt{Type: types.DynamicFeeTxType, Status: 1, CumulativeGasUsed: uint64(i),
			Logs: []*types.Log{{Address: Address{7}, Topics: []Hash{{1}}, Data: append([]byte{byte(i)}, make([]byte, 100)...)}}})
	}
	h := &types.Header{Number: big.NewInt(5), Difficulty: common.Big0, Time: 1_700_000_000,
		ReceiptHash: types.DeriveSha(all, trie.NewStackTrie(nil))}
	encoded, err := rlp.EncodeToBytes(h)
	if err != nil {
		t.Fatal(err)
	}
	out, err := ParseHeader(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return out, all
}

// ProvedAccount proves an account against a root, and one of its slots.
func ProvedAccount(root Hash, a Address, nodes, slot [][]byte) error {
	state, err := provedAccount(root, a, nodes)
	if err != nil || state == nil {
		return err
	}
	_, err = provedSlot(state.Root, Hash{}, slot)
	return err
}
