package tlog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wardflow/wardflow/runtime/wal"
)

// load reads what the folder holds: the roots of full segments from their
// indices, and the newest segment from its entries.
func (l *Log) load() error {
	names, err := l.disk.Names()
	if err != nil {
		return err
	}
	numbers := numbered(names, "entries-")
	if len(numbers) == 0 {
		if l.fixed {
			return errors.New("there is no log in the folder")
		}
		l.file, err = create(l.disk, 0, EmptyRoot())
		return err
	}
	last := numbers[len(numbers)-1]
	indices := numbered(names, "index-")
	for k := range last {
		if !slices.Contains(indices, k) {
			return fmt.Errorf("%w: %s is missing", ErrDamaged, indexName(k))
		}
		root, err := readNode(l.disk, k, segmentLevel, 0)
		if err != nil {
			return err
		}
		l.upper = grown(l.upper, root)
	}
	return l.replay(last)
}

// replay reads the newest segment.
func (l *Log) replay(number uint64) error {
	before, err := l.rootOf(l.upper)
	if err != nil {
		return err
	}
	l.now = segment{number: number}
	begun := false
	l.file, err = wal.Open(l.disk, entriesName(number), func(at int64, b []byte) error {
		if !begun {
			begun = true
			return follows(b, number, before)
		}
		return eachEntry(b, func(off int, entry []byte) error {
			if l.now.full() {
				return fmt.Errorf("%w: the segment has more than %d entries", ErrDamaged, segmentSize)
			}
			l.now.add(Leaf(entry), place{uint32(at) + uint32(off), uint32(len(entry))})
			return nil
		})
	})
	if err == nil && !begun && !l.fixed {
		_, err = l.file.Append(head(number, before))
	}
	return err
}

// follows checks the head of a segment.
func follows(b []byte, number uint64, before Hash) error {
	n, root, err := openHead(b)
	if err != nil {
		return err
	}
	if n != number || root != before {
		return fmt.Errorf("%w: it does not follow the segments before it: the index of one was changed", ErrDamaged)
	}
	return nil
}

// create begins the file of a segment. One that a crash has left without its
// head is begun anew.
func create(d wal.Disk, number uint64, before Hash) (*wal.Log, error) {
	begun := false
	file, err := wal.Open(d, entriesName(number), func(_ int64, b []byte) error {
		if begun {
			return fmt.Errorf("%w: there are entries where none were written", ErrDamaged)
		}
		begun = true // it was written, and its writer told that it was not
		return follows(b, number, before)
	})
	if err != nil || begun {
		return file, err
	}
	if _, err := file.Append(head(number, before)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// numbered are the numbers of the files that begin so, rising.
func numbered(names []string, prefix string) (numbers []uint64) {
	for _, name := range names {
		if digits, ok := strings.CutPrefix(name, prefix); ok && len(digits) == 8 {
			if n, err := strconv.ParseUint(digits, 10, 64); err == nil {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	return numbers
}
