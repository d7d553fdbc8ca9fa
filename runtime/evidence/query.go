package evidence

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Query says what a bundle is to be about. As parts of it are found the rest is
// learnt: the hash of a stored reading, the reading of a check.
type Query struct {
	Leaf   string    `json:"leaf,omitempty"` // hash of the reading: 64 hex digits
	Device string    `json:"device,omitempty"`
	Stream string    `json:"stream,omitempty"`
	Seq    uint64    `json:"seq,omitempty"` // 0: the newest of the stream that is under a window
	Log    string    `json:"log,omitempty"` // account of a log: 0x and 40 hex digits
	Index  uint64    `json:"index,omitempty"`
	At     time.Time `json:"at,omitzero"` // about when the reading was taken; it shortens the search
}

// ParseQuery reads what people write:
//
//	DEVICE/STREAM/SEQ   a reading: EPC in 24 hex digits, name of the stream, number
//	DEVICE/STREAM       the newest of a stream that is under a window
//	HASH                a reading: 64 hex digits
//	0xACCOUNT/INDEX     a check: the log's account, and its place in it
func ParseQuery(s string) (Query, error) {
	first, rest, more := strings.Cut(s, "/")
	switch {
	case !more && len(first) == 64 && isHex(first):
		return Query{Leaf: strings.ToLower(first)}, nil
	case more && len(first) == 42 && strings.HasPrefix(first, "0x") && isHex(first[2:]):
		i, err := strconv.ParseUint(rest, 10, 63)
		if err != nil {
			return Query{}, fmt.Errorf("check %q: its place in the log is a number, from 0", s)
		}
		return Query{Log: strings.ToLower(first), Index: i}, nil
	case more && len(first) == 24 && isHex(first) && rest != "":
		q := Query{Device: strings.ToUpper(first), Stream: rest}
		// A stream's name may have slashes in it, as in ecg/MLII.
		if at := strings.LastIndexByte(rest, '/'); at > 0 {
			if n, err := strconv.ParseUint(rest[at+1:], 10, 63); err == nil && n > 0 {
				q.Stream, q.Seq = rest[:at], n
			}
		}
		return q, nil
	}
	return Query{}, fmt.Errorf("%q: want DEVICE/STREAM/SEQ, DEVICE/STREAM for its newest, the 64 hex digits of a reading's hash, or 0xACCOUNT/INDEX for a check in a log", s)
}

func isHex(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil
}

func (q *Query) leaf() (leaf [32]byte, ok bool) {
	b, err := hex.DecodeString(q.Leaf)
	if err != nil || len(b) != 32 {
		return leaf, false
	}
	return [32]byte(b), true
}

// names reports whether the query names a reading by its device.
func (q *Query) names() bool { return q.Device != "" && q.Stream != "" }

// learn completes the query by what a node has found.
func (q *Query) learn(p *Parts) {
	if q.Leaf == "" {
		q.Leaf = p.Leaf
	}
	if !q.names() || q.Seq == 0 {
		if p.Device != "" && p.Seq > 0 && p.Leaf == q.Leaf {
			q.Device, q.Stream, q.Seq = p.Device, p.Stream, p.Seq
		}
	}
	if q.At.IsZero() {
		q.At = p.At
	}
}
