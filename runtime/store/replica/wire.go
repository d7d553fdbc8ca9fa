package replica

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What is agreed has one form in bytes only: varints are in their shortest
// form, times are ns since 1970, and what is sealed is kept as it was sealed.

// errForm reports bytes that no store has written.
var errForm = errors.New("bytes are none of a store's")

func appendUint(b []byte, n uint64) []byte { return binary.AppendUvarint(b, n) }
func appendInt(b []byte, n int64) []byte   { return binary.AppendVarint(b, n) }

func appendTime(b []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(t.UnixNano()))
}

func appendBytes[S ~string | ~[]byte](b []byte, s S) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendVerdict(b []byte, v flow.Verdict) []byte {
	b = appendUint(b, uint64(v.Reason))
	b = appendBytes(appendBytes(appendBytes(b, v.Clause), v.Group), v.Rule)
	return appendUint(appendUint(appendUint(b, v.Version), v.Epoch), v.Block)
}

// A cursor reads from bytes. After the first thing that does not fit it gives
// zeros, and bad says so.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) fail() { c.b, c.bad = nil, true }

func (c *cursor) take(n uint64) []byte {
	if n > uint64(len(c.b)) {
		c.fail()
		return nil
	}
	out := c.b[:n:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) uint() uint64 {
	n, size := binary.Uvarint(c.b)
	if size <= 0 || size > 1 && c.b[size-1] == 0 {
		c.fail()
		return 0
	}
	c.b = c.b[size:]
	return n
}

func (c *cursor) int() int64 {
	n := c.uint()
	return int64(n>>1) ^ -int64(n&1)
}

// count is a number of things of at least size bytes each.
func (c *cursor) count(size int) int {
	n := c.uint()
	if n > uint64(len(c.b)/size) {
		c.fail()
		return 0
	}
	return int(n)
}

func (c *cursor) bytes() []byte { return c.take(c.uint()) }
func (c *cursor) text() string  { return string(c.bytes()) }

func (c *cursor) time() time.Time {
	if b := c.take(8); b != nil {
		return time.Unix(0, int64(binary.BigEndian.Uint64(b))).UTC()
	}
	return time.Time{}
}

func (c *cursor) hash() (h [32]byte) {
	copy(h[:], c.take(32))
	return h
}

func (c *cursor) verdict() flow.Verdict {
	reason := c.uint()
	if reason > 1<<32-1 {
		c.fail()
	}
	return flow.Verdict{Reason: flow.Reason(reason), Clause: c.text(), Group: c.text(), Rule: c.text(),
		Version: c.uint(), Epoch: c.uint(), Block: c.uint()}
}

// end is the error of the whole reading.
func (c *cursor) end() error {
	if c.bad || len(c.b) > 0 {
		return errForm
	}
	return nil
}
