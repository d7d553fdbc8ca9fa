package tlog

import (
	"fmt"

	"github.com/transparency-dev/merkle/compact"
	merkle "github.com/transparency-dev/merkle/proof"
)

// Root is the root of the first size entries.
func (l *Log) Root(size uint64) (Hash, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if size > l.size() {
		return Hash{}, fmt.Errorf("root of %d entries: the log has %d", size, l.size())
	}
	h, err := l.root(size)
	if err != nil {
		return h, fmt.Errorf("root of %d entries: %w", size, err)
	}
	return h, nil
}

func (l *Log) root(size uint64) (Hash, error) {
	if size == 0 {
		return EmptyRoot(), nil
	}
	return rootFrom(size, l.node)
}

// rootOf is the root of full segments alone.
func (l *Log) rootOf(upper []nodes) (Hash, error) {
	if len(upper) == 0 {
		return EmptyRoot(), nil
	}
	return rootFrom(uint64(len(upper[0])), func(id compact.NodeID) (Hash, error) { return upper[id.Level][id.Index], nil })
}

// rootFrom puts the complete nodes of a tree together, the right-most first.
func rootFrom(size uint64, node func(compact.NodeID) (Hash, error)) (root Hash, err error) {
	ids := compact.RangeNodes(0, size, nil)
	for i := len(ids) - 1; i >= 0; i-- {
		h, err := node(ids[i])
		if err != nil {
			return Hash{}, err
		}
		if i == len(ids)-1 {
			root = h
		} else {
			root = above(&h, &root)
		}
	}
	return root, nil
}

// Inclusion is the proof that entry index is in the log of the first size
// entries, for [Included].
func (l *Log) Inclusion(index, size uint64) ([]Hash, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if index >= size || size > l.size() {
		return nil, fmt.Errorf("inclusion of entry %d in %d: the log has %d", index, size, l.size())
	}
	ids, err := merkle.Inclusion(index, size)
	if err != nil {
		return nil, fmt.Errorf("inclusion of entry %d in %d: %w", index, size, err)
	}
	return l.path(ids)
}

// Consistency is the proof that the log of size entries continues the one of the
// first earlier, for [Continues].
func (l *Log) Consistency(earlier, size uint64) ([]Hash, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if earlier > size || size > l.size() {
		return nil, fmt.Errorf("consistency of %d entries with %d: the log has %d", earlier, size, l.size())
	}
	ids, err := merkle.Consistency(earlier, size)
	if err != nil {
		return nil, fmt.Errorf("consistency of %d entries with %d: %w", earlier, size, err)
	}
	return l.path(ids)
}

func (l *Log) path(ids merkle.Nodes) ([]Hash, error) {
	hashes := make([][]byte, len(ids.IDs))
	for i, id := range ids.IDs {
		h, err := l.node(id)
		if err != nil {
			return nil, err
		}
		hashes[i] = h[:]
	}
	hashes, err := ids.Rehash(hashes, ranges.Hash)
	if err != nil {
		return nil, err
	}
	path := make([]Hash, len(hashes))
	for i := range hashes {
		path[i] = Hash(hashes[i])
	}
	return path, nil
}

// node is a complete node of the tree. mu is held.
func (l *Log) node(id compact.NodeID) (Hash, error) {
	if id.Level > segmentLevel {
		return l.upper[id.Level-segmentLevel][id.Index], nil
	}
	if id.Level == segmentLevel && id.Index < l.now.number {
		return l.upper[0][id.Index], nil
	}
	per := uint64(1) << (segmentLevel - id.Level) // nodes of this level in a segment
	number, i := id.Index/per, int(id.Index%per)
	if number == l.now.number {
		return l.now.levels[id.Level][i], nil
	}
	return readNode(l.disk, number, id.Level, i)
}
