package spool

import (
	"errors"
	"fmt"
	"io"

	"github.com/wardflow/wardflow/runtime/wal"
)

// A cursor reads the values of a queue, oldest first, each once.
type cursor struct {
	number uint64   // of the segment
	log    *wal.Log // of it; nil: not open. It may be the tail's
	reader *wal.Reader
	at     int64 // where the reader is to begin

	// The record that is being read.
	rest []byte
	next uint64 // number of the next value in it
	left uint64
}

// seek goes to a record of a segment.
func (c *cursor) seek(s *segments, number uint64, at int64) {
	c.leave(s)
	c.number, c.at = number, at
}

// leave closes the segment.
func (c *cursor) leave(s *segments) {
	if c.log != nil && c.log != s.tail {
		c.log.Close()
	}
	*c = cursor{number: c.number}
}

// read is the value of a number, which is the one after the last read or a later
// one. Its body is good until the next call.
func (c *cursor) read(s *segments, want uint64) (entry, error) {
	for {
		for c.left > 0 {
			e, rest, err := readEntry(c.rest)
			if err != nil {
				return entry{}, err
			}
			c.rest, c.next, c.left = rest, c.next+1, c.left-1
			if c.next == want+1 {
				return e, nil
			}
			if c.next > want+1 {
				return entry{}, fmt.Errorf("%w: value %d is missing", wal.ErrDamaged, want)
			}
		}
		if err := c.turn(s, want); err != nil {
			return entry{}, err
		}
	}
}

// turn goes to the next record.
func (c *cursor) turn(s *segments, want uint64) error {
	if c.reader == nil {
		if err := c.open(s); err != nil {
			return err
		}
	}
	b, err := c.reader.Next()
	if errors.Is(err, io.EOF) {
		if c.log == s.tail {
			return fmt.Errorf("%w: value %d is not there", wal.ErrDamaged, want)
		}
		return c.follow(s)
	}
	if err != nil {
		return err
	}
	h, rest, err := readHead(b)
	c.rest, c.next, c.left = rest, h.first, h.count
	return err
}

// follow goes to the next segment.
func (c *cursor) follow(s *segments) error {
	for _, seg := range s.list {
		if seg.number > c.number {
			c.seek(s, seg.number, 0)
			return nil
		}
	}
	return fmt.Errorf("%w: no segment follows %d", wal.ErrDamaged, c.number)
}

// open opens the cursor's segment.
func (c *cursor) open(s *segments) (err error) {
	if n := len(s.list); n > 0 && s.list[n-1].number == c.number {
		c.log = s.tail
	} else {
		for _, seg := range s.list {
			if seg.number == c.number {
				c.log, err = wal.Open(s.disk, seg.name(), ignore)
			}
		}
	}
	if err == nil && c.log == nil {
		err = fmt.Errorf("%w: there is no segment %d", wal.ErrDamaged, c.number)
	}
	if err == nil {
		c.reader = c.log.Reader(c.at)
	}
	return err
}
