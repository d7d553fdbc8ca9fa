package chain_test

import (
	"encoding/json"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/wardflow/wardflow/runtime/chain"
)

// FuzzProof gives the reader of state proofs what it likes: no panic, and no
// proof but the right one.
func FuzzProof(f *testing.F) {
	c := newFar(f)
	head, err := c.sim.Head(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	header, err := c.sim.Header(f.Context(), head.Number)
	if err != nil {
		f.Fatal(err)
	}
	var proof struct {
		AccountProof []hexutil.Bytes
		StorageProof []struct{ Proof []hexutil.Bytes }
	}
	if err := json.Unmarshal(get(f, c.wire.URL, "eth_getProof", c.at, []chain.Hash{{}}, "latest"), &proof); err != nil {
		f.Fatal(err)
	}
	slot := proof.StorageProof[0].Proof
	f.Add(header.State[:], []byte(proof.AccountProof[0]), []byte(proof.AccountProof[1]), []byte(slot[len(slot)-1]))
	f.Add(header.State[:], []byte(proof.AccountProof[1]), []byte(proof.AccountProof[0]), []byte(slot[0]))
	f.Add([]byte{1}, []byte{0xc0}, []byte{}, []byte{0xc2, 0x80, 0x80})
	f.Fuzz(func(t *testing.T, root, first, second, slot []byte) {
		var at chain.Hash
		copy(at[:], root)
		err := chain.ProvedAccount(at, c.at, [][]byte{first, second}, [][]byte{slot})
		if at != header.State && err == nil && len(first) > 0 {
			// Another root may be right too, if it is that of the first node.
			if got := chain.ProvedAccount(header.State, c.at, [][]byte{first, second}, [][]byte{slot}); got == nil {
				t.Errorf("one proof for two roots: %s and %s", at, header.State)
			}
		}
	})
}
