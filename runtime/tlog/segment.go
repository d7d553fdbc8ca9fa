package tlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/wal"
)

// segmentLevel is the level of the tree at which a segment has one node.
const segmentLevel = 16

const segmentSize = 1 << segmentLevel // entries of a segment

// A place says where an entry stands in the file of its segment.
type place struct{ at, size uint32 }

// A segment is the newest one: its entries' hashes, places, and the nodes above
// them that are complete, all in memory.
type segment struct {
	number uint64
	places []place
	levels [segmentLevel + 1]nodes // levels[0] are the leaves
}

// nodes are the complete nodes of one level, from the left.
type nodes []Hash

// add appends a leaf and completes what it completes.
func (s *segment) add(leaf Hash, p place) {
	s.places = append(s.places, p)
	s.levels[0] = append(s.levels[0], leaf)
	for l := 0; l < segmentLevel; l++ {
		row := s.levels[l]
		if len(row)%2 == 1 {
			return
		}
		s.levels[l+1] = append(s.levels[l+1], above(&row[len(row)-2], &row[len(row)-1]))
	}
}

func (s *segment) full() bool { return len(s.places) == segmentSize }

// The records of a segment's file.
const (
	recordHead  = 'h'
	recordBatch = 'b'
)

var magic = []byte("wardflow tlog 1\n")

// ErrDamaged reports files that are not as they were written. Restore the folder
// from a backup, or move it away: the log goes on under another account then.
var ErrDamaged = wal.ErrDamaged

// head is the first record of a segment: its number, and the root of all before.
func head(number uint64, before Hash) []byte {
	b := append([]byte{recordHead}, magic...)
	b = binary.BigEndian.AppendUint64(b, number)
	return append(b, before[:]...)
}

func openHead(b []byte) (number uint64, before Hash, err error) {
	rest, ok := bytes.CutPrefix(b, append([]byte{recordHead}, magic...))
	if !ok || len(rest) != 8+len(before) {
		return 0, before, fmt.Errorf("%w: it does not begin as the file of a log", ErrDamaged)
	}
	return binary.BigEndian.Uint64(rest), Hash(rest[8:]), nil
}

// appendEntry adds an entry to a batch.
func appendEntry(b, entry []byte) []byte {
	if len(b) == 0 {
		b = append(b, recordBatch)
	}
	b = binary.AppendUvarint(b, uint64(len(entry)))
	return append(b, entry...)
}

var errBatch = errors.New("a batch is not whole")

// eachEntry gives the entries of a batch to each, with where they begin in it.
func eachEntry(b []byte, each func(off int, entry []byte) error) error {
	if len(b) == 0 || b[0] != recordBatch {
		return fmt.Errorf("%w: %w", ErrDamaged, errBatch)
	}
	for off := 1; off < len(b); {
		n, w := binary.Uvarint(b[off:])
		if w <= 0 || n > MaxEntry || n > uint64(len(b)-off-w) {
			return fmt.Errorf("%w: %w", ErrDamaged, errBatch)
		}
		off += w
		if err := each(off, b[off:off+int(n)]); err != nil {
			return err
		}
		off += int(n)
	}
	return nil
}

func entriesName(number uint64) string { return fmt.Sprintf("entries-%08d", number) }
func indexName(number uint64) string   { return fmt.Sprintf("index-%08d", number) }
