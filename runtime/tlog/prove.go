package tlog

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle/compact"
	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

// A Hash is a node of the tree: SHA-256.
type Hash = [32]byte

// ErrProof reports a proof that does not lead to the root.
var ErrProof = errors.New("the proof does not lead to the root")

// MaxPath is how many hashes a proof may have.
const MaxPath = 128

var ranges = compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}

// Leaf is the hash of an entry: SHA-256(0x00 ‖ entry).
func Leaf(entry []byte) Hash {
	var room [512]byte
	return sha256.Sum256(append(append(room[:0], 0), entry...))
}

// Included checks that the entry with this leaf is number index, from 0, in the
// log that had this root at this size. The error wraps [ErrProof].
func Included(leaf Hash, index, size uint64, path []Hash, root Hash) error {
	if len(path) > MaxPath {
		return fmt.Errorf("%w: it has %d hashes", ErrProof, len(path))
	}
	if err := merkle.VerifyInclusion(rfc6962.DefaultHasher, index, size, leaf[:], slicesOf(path), root[:]); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	return nil
}

// Continues checks that a log of a size and root continues an earlier one: that
// the earlier entries are its first. The error wraps [ErrProof].
func Continues(earlier uint64, earlierRoot Hash, size uint64, root Hash, path []Hash) error {
	if len(path) > MaxPath {
		return fmt.Errorf("%w: it has %d hashes", ErrProof, len(path))
	}
	if err := merkle.VerifyConsistency(rfc6962.DefaultHasher, earlier, size, slicesOf(path), earlierRoot[:], root[:]); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	return nil
}

func slicesOf(hashes []Hash) [][]byte {
	out := make([][]byte, len(hashes))
	for i := range hashes {
		out[i] = hashes[i][:]
	}
	return out
}

// above is the node over two.
func above(left, right *Hash) Hash {
	var b [65]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[33:], right[:])
	return sha256.Sum256(b[:])
}

// EmptyRoot is the root of a log without entries.
func EmptyRoot() Hash { return Hash(rfc6962.DefaultHasher.EmptyRoot()) }
