package spool

import (
	"encoding/binary"
	"errors"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A record is what one commit writes, in numbers as varints:
//
//	record = kind, head, bytes, first, count, (time, length, value)*, checkpoint
//
// kind is 'w' where the checkpoint is whole, as in the first record of each
// segment, and 's' where it goes on top of the one before. Values are numbered
// from 0 as they are pushed; head is the oldest that waits, bytes how many bytes
// wait, first the number of the first value that stands here. The time is when
// it came, in nanoseconds since 1970, in eight bytes.
const (
	kindWhole = 'w'
	kindStep  = 's'
)

// An entry is one value that waits.
type entry struct {
	at   int64 // when it came, in nanoseconds since 1970
	body []byte
}

// size is what an entry counts for.
func (e entry) size() int64 { return int64(len(e.body)) + 12 }

// A head is a record up to its entries.
type head struct {
	kind  byte
	head  uint64
	bytes int64
	first uint64
	count uint64
}

func (h head) next() uint64 { return h.first + h.count }

func appendRecord(b []byte, h head, entries []entry, c flow.Checkpoint) ([]byte, error) {
	b = append(b, h.kind)
	for _, n := range []uint64{h.head, uint64(h.bytes), h.first, h.count} {
		b = binary.AppendUvarint(b, n)
	}
	for _, e := range entries {
		b = binary.BigEndian.AppendUint64(b, uint64(e.at))
		b = append(binary.AppendUvarint(b, uint64(len(e.body))), e.body...)
	}
	return flow.AppendCheckpoint(b, c)
}

var (
	errHead  = errors.New("the numbers of a record do not fit each other")
	errShort = errors.New("a record ends too early")
	errKind  = errors.New("the record is in a form that is not known here: it was written by a newer wardflow")
)

// readHead reads a record up to its entries.
func readHead(b []byte) (h head, rest []byte, err error) {
	if len(b) == 0 {
		return h, nil, errShort
	}
	if h.kind = b[0]; h.kind != kindWhole && h.kind != kindStep {
		return h, nil, errKind
	}
	b = b[1:]
	var bytes uint64
	for _, to := range []*uint64{&h.head, &bytes, &h.first, &h.count} {
		n, used := binary.Uvarint(b)
		if used <= 0 {
			return h, nil, errShort
		}
		*to, b = n, b[used:]
	}
	if h.count > uint64(len(b)) || bytes>>62 != 0 || h.first+h.count < h.first || h.head > h.next() {
		return h, nil, errHead
	}
	h.bytes = int64(bytes)
	return h, b, nil
}

// readEntry reads one entry; its body is part of b.
func readEntry(b []byte) (e entry, rest []byte, err error) {
	if len(b) < 8 {
		return e, nil, errShort
	}
	e.at = int64(binary.BigEndian.Uint64(b))
	n, used := binary.Uvarint(b[8:])
	if used <= 0 || n > uint64(len(b)-8-used) {
		return e, nil, errShort
	}
	b = b[8+used:]
	e.body = b[:n:n]
	return e, b[n:], nil
}

// readCheckpoint reads what follows the entries.
func readCheckpoint(h head, b []byte) (c flow.Checkpoint, err error) {
	for range h.count {
		if _, b, err = readEntry(b); err != nil {
			return c, err
		}
	}
	c, rest, err := flow.ReadCheckpoint(b)
	if err == nil && len(rest) > 0 {
		err = errors.New("something follows the checkpoint")
	}
	return c, err
}
