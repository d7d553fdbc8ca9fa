package proof

import "fmt"

// RootFrom is the Merkle root that an audit path leads to, from a leaf's hash at
// index i in a tree of size leaves (RFC 9162, section 2.1.3.2). A path that is
// longer or shorter than its place needs is [ErrRoot].
func RootFrom(leaf [32]byte, i, size uint64, path [][32]byte) ([32]byte, error) {
	root, err := rootOf(leaf, i, size, path)
	if err != nil {
		return [32]byte{}, fmt.Errorf("%w: %w", ErrRoot, err)
	}
	return root, nil
}
