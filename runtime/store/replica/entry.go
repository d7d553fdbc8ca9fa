package replica

import (
	"fmt"
	"slices"
)

// An entry of the log is a question of one origin, or a part of a question that
// is too long for one entry. A question is a count and so many ops.
type entry struct {
	version byte   // 0 is entryFirst
	origin  []byte // 16 bytes, drawn when a member opens its store
	seq     uint64 // of the question, from 1; the next is asked when the last is answered
	part    uint64 // from 0
	parts   uint64 // at least 1
	bytes   []byte
}

const (
	entryVersion = 2 // the newest known
	entryFirst   = 1 // what is written, unless the question has an op that came with version 2
	originLen    = 16
	entryBytes   = 1 << 20 // of a question in one entry
)

// errNewer reports an entry that this program is too old for.
var errNewer = fmt.Errorf("the log of the store was written by a newer wardflow: use that one on all its members")

func (e *entry) append(b []byte) []byte {
	b = append(append(b, max(e.version, entryFirst)), e.origin...)
	b = appendUint(appendUint(appendUint(b, e.seq), e.part), e.parts)
	return append(b, e.bytes...)
}

func readEntry(b []byte) (e entry, err error) {
	if len(b) == 0 {
		return e, errForm
	}
	if b[0] < entryFirst || b[0] > entryVersion {
		return e, fmt.Errorf("version %d of an entry: %w", b[0], errNewer)
	}
	c := cursor{b: b[1:]}
	e = entry{version: b[0], origin: c.take(originLen), seq: c.uint(), part: c.uint(), parts: c.uint()}
	if c.bad || e.seq == 0 || e.part >= e.parts {
		return e, errForm
	}
	e.bytes = c.b
	return e, nil
}

// cut makes the entries of a question.
func cut(origin []byte, seq uint64, question []byte) [][]byte {
	parts := max(1, (len(question)+entryBytes-1)/entryBytes)
	version := byte(entryFirst)
	if ops, err := readQuestion(question); err == nil && slices.ContainsFunc(ops, func(o []byte) bool { return len(o) > 0 && o[0] == opLinks }) {
		version = entryVersion // who is too old must not pass it over
	}
	out := make([][]byte, parts)
	for i := range out {
		from, to := i*entryBytes, min((i+1)*entryBytes, len(question))
		e := entry{version, origin, seq, uint64(i), uint64(parts), question[from:to]}
		out[i] = e.append(make([]byte, 0, to-from+64))
	}
	return out
}

func appendQuestion(b []byte, ops [][]byte) []byte {
	b = appendUint(b, uint64(len(ops)))
	for _, o := range ops {
		b = appendBytes(b, o)
	}
	return b
}

func readQuestion(b []byte) ([][]byte, error) {
	c := cursor{b: b}
	ops := make([][]byte, c.count(1))
	for i := range ops {
		ops[i] = c.bytes()
	}
	return ops, c.end()
}
