package proof

import (
	"crypto/sha256"
	"errors"
	"math/bits"

	"github.com/transparency-dev/merkle/compact"
	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

var ranges = compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}

// Root is the Merkle root of leaf hashes in order (RFC 9162, section 2.1.1).
func Root(leaves [][32]byte) [32]byte {
	if len(leaves) == 0 {
		return [32]byte(rfc6962.DefaultHasher.EmptyRoot())
	}
	return rootOver(leaves)
}

func rootOver(leaves [][32]byte) [32]byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	half := halfOf(len(leaves))
	return hashNode(rootOver(leaves[:half]), rootOver(leaves[half:]))
}

// halfOf is how many of n leaves, of two at least, are in the left branch: the
// largest power of two below n.
func halfOf(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// hashNode is SHA-256(0x01 ‖ left ‖ right).
func hashNode(left, right [32]byte) [32]byte {
	var b [65]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[33:], right[:])
	return sha256.Sum256(b[:])
}

// path is the audit path of leaf i (RFC 9162, section 2.1.3).
func path(leaves [][32]byte, i int) ([][32]byte, error) {
	if i < 0 || i >= len(leaves) {
		return nil, errors.New("no such leaf")
	}
	nodes, err := merkle.Inclusion(uint64(i), uint64(len(leaves)))
	if err != nil {
		return nil, err
	}
	known := map[compact.NodeID][]byte{}
	keep := func(id compact.NodeID, hash []byte) { known[id] = hash }
	r := ranges.NewEmptyRange(0)
	for i := range leaves {
		if err := r.Append(leaves[i][:], keep); err != nil {
			return nil, err
		}
	}
	hashes := make([][]byte, len(nodes.IDs))
	for i, id := range nodes.IDs {
		hashes[i] = known[id]
	}
	if hashes, err = nodes.Rehash(hashes, ranges.Hash); err != nil {
		return nil, err
	}
	out := make([][32]byte, len(hashes))
	for i := range hashes {
		out[i] = [32]byte(hashes[i])
	}
	return out, nil
}

// rootOf is the root that an audit path leads to.
func rootOf(leaf [32]byte, i, count uint64, path [][32]byte) ([32]byte, error) {
	hashes := make([][]byte, len(path))
	for j := range path {
		hashes[j] = path[j][:]
	}
	root, err := merkle.RootFromInclusionProof(rfc6962.DefaultHasher, i, count, leaf[:], hashes)
	if err != nil {
		return [32]byte{}, err
	}
	return [32]byte(root), nil
}
