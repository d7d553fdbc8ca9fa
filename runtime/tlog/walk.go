package tlog

import (
	"errors"
	"fmt"
	"iter"

	"github.com/wardflow/wardflow/runtime/wal"
)

// A Step is one entry of a folder, as its bytes are now.
type Step struct {
	Index uint64
	Entry []byte // good until the next step
	Leaf  Hash   // of these bytes
	// Noted is the hash that the index of the folder has for it; zero in the
	// newest segment, which has none. Another one than Leaf says that the entry
	// was changed, or its index was.
	Noted Hash
}

// Walk reads all entries of a folder in order, trusting nothing in it. It needs
// no writer to stand still. An error ends it, and wraps [ErrDamaged] when the
// folder is not as it was written: it says from which entry on.
func Walk(dir string) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		d := reading{dir}
		names, err := d.Names()
		if err != nil {
			yield(Step{}, err)
			return
		}
		w := walk{disk: d, yield: yield}
		for n, number := range numbered(names, "entries-") {
			if number != uint64(n) {
				yield(Step{Index: w.next}, fmt.Errorf("%w: entries %d to %d are missing: there is no %s", ErrDamaged, w.next, number*segmentSize-1, entriesName(uint64(n))))
				return
			}
			if err := w.segment(number); errors.Is(err, errStop) {
				return
			} else if err != nil {
				yield(Step{Index: w.next}, fmt.Errorf("after %d entries: %w", w.next, err))
				return
			}
		}
	}
}

var errStop = errors.New("no more steps are wanted")

type walk struct {
	disk  reading
	yield func(Step, error) bool
	next  uint64
}

func (w *walk) segment(number uint64) error {
	if w.next != number*segmentSize {
		return fmt.Errorf("%w: entries %d to %d are missing from %s", ErrDamaged, w.next, number*segmentSize-1, entriesName(number-1))
	}
	noted, err := readHashes(w.disk, number, 0, segmentSize)
	if err != nil {
		noted = nil // there is none yet, or none any more: its anchors will tell
	}
	begun := false
	file, err := wal.Open(w.disk, entriesName(number), func(_ int64, b []byte) error {
		if !begun {
			begun = true
			_, _, err := openHead(b)
			return err
		}
		return eachEntry(b, func(_ int, entry []byte) error {
			s := Step{Index: w.next, Entry: entry, Leaf: Leaf(entry)}
			if i := w.next - number*segmentSize; i < uint64(len(noted)) {
				s.Noted = noted[i]
			}
			w.next++
			if !w.yield(s, nil) {
				return errStop
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return file.Close()
}

// A Tree takes leaves one by one and gives the root over them, in little memory.
type Tree struct {
	size uint64
	row  []Hash // the complete nodes, from the left
}

// Add takes the next leaf.
func (t *Tree) Add(leaf Hash) {
	t.row = append(t.row, leaf)
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.row) - 1
		t.row[last-1] = above(&t.row[last-1], &t.row[last])
		t.row = t.row[:last]
	}
	t.size++
}

// Size is how many leaves it has.
func (t *Tree) Size() uint64 { return t.size }

// Root is the root over the leaves.
func (t *Tree) Root() Hash {
	if len(t.row) == 0 {
		return EmptyRoot()
	}
	root := t.row[len(t.row)-1]
	for i := len(t.row) - 2; i >= 0; i-- {
		root = above(&t.row[i], &root)
	}
	return root
}
