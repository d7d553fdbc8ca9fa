package tlog

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/wardflow/wardflow/runtime/wal"
)

// Entry is entry number i, from 0, held against its hash.
func (l *Log) Entry(i uint64) ([]byte, error) {
	for b, err := range l.Entries(i, 1) {
		return b, err
	}
	return nil, fmt.Errorf("entry %d: the log has %d", i, l.Size())
}

// LeafOf is the hash of entry number i.
func (l *Log) LeafOf(i uint64) (Hash, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if i >= l.size() {
		return Hash{}, fmt.Errorf("entry %d: the log has %d", i, l.size())
	}
	_, leaf, err := l.find(i)
	return leaf, err
}

// Entries are up to n entries from number i on, as far as they are on disk now.
// The first error ends them.
func (l *Log) Entries(i, n uint64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var r reader
		defer r.close()
		for end := min(l.Size(), i+n); i < end; i++ {
			b, err := l.read(&r, i)
			if err != nil {
				yield(nil, fmt.Errorf("entry %d: %w", i, err))
				return
			}
			if !yield(b, nil) {
				return
			}
		}
	}
}

// find is where an entry stands in its segment, and its hash. mu is held.
func (l *Log) find(i uint64) (place, Hash, error) {
	number, n := i/segmentSize, int(i%segmentSize)
	if number == l.now.number {
		return l.now.places[n], l.now.levels[0][n], nil
	}
	p, err := readPlace(l.disk, number, n)
	if err != nil {
		return p, Hash{}, err
	}
	leaf, err := readNode(l.disk, number, 0, n)
	return p, leaf, err
}

// A reader keeps the file of one segment open.
type reader struct {
	number uint64
	file   wal.File
}

func (r *reader) close() {
	if r.file != nil {
		r.file.Close() // it was read only
		r.file = nil
	}
}

func (l *Log) read(r *reader, i uint64) ([]byte, error) {
	l.mu.RLock()
	p, leaf, err := l.find(i)
	l.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	if number := i / segmentSize; r.file == nil || r.number != number {
		r.close()
		if r.file, err = l.disk.Open(entriesName(number)); err != nil {
			return nil, err
		}
		r.number = number
	}
	if p.size > MaxEntry {
		return nil, fmt.Errorf("%w: its place is not one", ErrDamaged)
	}
	b := make([]byte, p.size)
	if _, err := r.file.ReadAt(b, int64(p.at)); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: it is cut off", ErrDamaged)
	} else if err != nil {
		return nil, err
	}
	if Leaf(b) != leaf {
		return nil, fmt.Errorf("%w: its bytes do not have the hash that they were written with", ErrDamaged)
	}
	return b, nil
}
