package spool

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/wal"
)

// A queue's files are segments, each a log of records. A new one begins with a
// whole checkpoint when the last has grown enough; one whose values are all gone
// is removed. So nothing is ever written anew but a checkpoint.
type segments struct {
	disk wal.Disk
	size int64     // bytes after which one is enough
	list []segment // by number; the last is written
	tail *wal.Log  // of the last; nil: there is none
	base int64     // bytes of the tail's first record
	buf  []byte    // of the record being written

	// What the records say.
	newest flow.Checkpoint // whole
	last   head            // of the last record

	cursor cursor
}

// A segment is one file.
type segment struct {
	number uint64
	first  uint64 // number of the first value that may stand in it
}

// segmentSize is how many bytes of a segment are enough, unless most of them are
// its checkpoint.
const segmentSize = 4 << 20

func (s segment) name() string { return fmt.Sprintf("%08x-%016x.seg", s.number, s.first) }

func parseSegment(name string) (s segment, ok bool) {
	_, err := fmt.Sscanf(name, "%08x-%016x.seg", &s.number, &s.first)
	return s, err == nil && s.name() == name
}

// openSegments finds the files and reads the last one. One that has no record
// was begun when the power went.
func openSegments(disk wal.Disk) (*segments, error) {
	names, err := disk.Names()
	if err != nil {
		return nil, err
	}
	s := &segments{disk: disk, size: segmentSize}
	for _, name := range names {
		if seg, ok := parseSegment(name); ok {
			s.list = append(s.list, seg)
		}
	}
	slices.SortFunc(s.list, func(a, b segment) int { return cmp.Compare(a.number, b.number) })
	for len(s.list) > 0 && s.tail == nil {
		if err := s.openTail(); err != nil {
			return nil, err
		}
	}
	if len(s.list) > 0 {
		s.cursor = cursor{number: s.list[0].number}
	}
	s.trim()
	return s, nil
}

func (s *segments) openTail() error {
	name := s.list[len(s.list)-1].name()
	log, err := wal.Open(s.disk, name, s.replay)
	if err != nil {
		return err
	}
	if log.Size() > 0 {
		s.tail = log
		return nil
	}
	s.list = s.list[:len(s.list)-1]
	return errors.Join(log.Close(), s.disk.Remove(name))
}

func (s *segments) replay(_ int64, b []byte) error {
	h, rest, err := readHead(b)
	if err != nil {
		return err
	}
	c, err := readCheckpoint(h, rest)
	if err != nil {
		return err
	}
	if h.kind == kindStep {
		c = merge(s.newest, c)
	}
	if s.base == 0 {
		s.base = int64(len(b))
	}
	s.newest, s.last = c, h
	return nil
}

// commit writes a record, at the end or into a new segment. After an error
// nothing has changed.
func (s *segments) commit(h head, entries []entry, step flow.Checkpoint) error {
	whole := merge(s.newest, step)
	at, err := s.write(h, entries, step, whole)
	if err != nil {
		return err
	}
	s.newest, s.last = whole, h
	if h.head == h.first { // nothing waits before this record, and need not be read over
		s.cursor.seek(s, s.list[len(s.list)-1].number, at)
	}
	s.trim()
	return nil
}

// write says where in the last segment the record stands.
func (s *segments) write(h head, entries []entry, step, whole flow.Checkpoint) (at int64, err error) {
	if s.tail == nil || s.tail.Size() > max(s.size, 4*s.base) {
		// If there is no room for a new file, there may be for a record.
		if err = s.roll(h, entries, whole); err == nil || s.tail == nil {
			return 0, err
		}
	}
	h.kind = kindStep
	if s.buf, err = appendRecord(s.buf[:0], h, entries, news(s.newest, step)); err != nil {
		return 0, err
	}
	at = s.tail.Size()
	_, err = s.tail.Append(s.buf)
	s.slim()
	return at, err
}

// roll begins a new segment with a record.
func (s *segments) roll(h head, entries []entry, whole flow.Checkpoint) (err error) {
	h.kind = kindWhole
	if s.buf, err = appendRecord(s.buf[:0], h, entries, whole); err != nil {
		return err
	}
	seg := segment{first: h.first}
	if n := len(s.list); n > 0 {
		seg.number = s.list[n-1].number + 1
	}
	log, err := wal.Open(s.disk, seg.name(), ignore)
	if err != nil {
		return err
	}
	if _, err := log.Append(s.buf); err != nil {
		return errors.Join(err, log.Close(), s.disk.Remove(seg.name()))
	}
	if s.tail != nil && s.tail != s.cursor.log {
		s.tail.Close()
	}
	s.list = append(s.list, seg)
	s.tail, s.base = log, int64(len(s.buf))
	s.slim()
	return nil
}

// slim lets go of a buffer that was large once.
func (s *segments) slim() {
	const usual = 256 << 10
	if cap(s.buf) > usual {
		s.buf = nil
	}
}

func ignore(int64, []byte) error { return nil }

// trim removes the segments that hold nothing more. One that can't be removed
// is tried again.
func (s *segments) trim() {
	for len(s.list) > 1 && s.list[1].first <= s.last.head {
		if s.cursor.number == s.list[0].number {
			s.cursor.seek(s, s.list[1].number, 0)
		}
		if s.disk.Remove(s.list[0].name()) != nil {
			return
		}
		s.list = s.list[1:]
	}
}

func (s *segments) close() error {
	s.cursor.leave(s)
	if s.tail == nil {
		return nil
	}
	err := s.tail.Close()
	s.tail = nil
	return err
}
