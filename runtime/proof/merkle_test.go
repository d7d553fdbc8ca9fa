package proof_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/wardflow/wardflow/runtime/proof"
)

// The tree of the reference implementation of RFC 6962: eight leaves, and the
// root over the first of them, the first two, …
var (
	vectorLeaves = []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	vectorRoots  = []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
)

func TestRootVectors(t *testing.T) {
	if got := proof.Root(nil); got != sha256.Sum256(nil) {
		t.Errorf("root of nothing is %x", got)
	}
	var leaves [][32]byte
	for i, l := range vectorLeaves {
		b, err := hex.DecodeString(l)
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, proof.LeafHash(b))
		if got := proof.Root(leaves); hex.EncodeToString(got[:]) != vectorRoots[i] {
			t.Errorf("root of %d leaves is %x, want %s", i+1, got, vectorRoots[i])
		}
	}
}

// mth is the definition of RFC 9162, section 2.1.1, word for word.
func mth(leaves [][32]byte) [32]byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	left, right := mth(leaves[:k]), mth(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func TestRootIsTheDefinition(t *testing.T) {
	var leaves [][32]byte
	for i := range 200 {
		leaves = append(leaves, proof.LeafHash([]byte{byte(i)}))
		if got, want := proof.Root(leaves), mth(leaves); got != want {
			t.Fatalf("root of %d leaves is %x, want %x", len(leaves), got, want)
		}
	}
}

func BenchmarkRoot1024(b *testing.B) {
	leaves := make([][32]byte, 1024)
	for b.Loop() {
		proof.Root(leaves)
	}
}
