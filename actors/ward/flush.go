package ward

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// A checkLog is what [Rules] may be besides: it keeps a log of every judgement
// that an actor makes, also of those that it makes without them.
//
// What follows from a judgement is seen by nobody before it is on disk: the node
// flushes before it keeps checkpoints, and an actor that keeps its own flushes
// itself.
type checkLog interface {
	// Check puts a judgement into the log; who judged is known there. An error
	// wraps [flow.ErrLater]: there is no room now.
	Check(*proof.Check) error
	// Flush returns when all of it is on disk.
	Flush() error
}

// log keeps a judgement of a reading. r is nil when it can't be opened.
func (j *judge) log(at proof.Place, s flow.Sealed, r *proof.Reading, v flow.Verdict, now time.Time) error {
	l, ok := j.rules.(checkLog)
	if !ok {
		return nil
	}
	c := proof.Check{Place: at, At: now, Verdict: v}
	if r == nil {
		c.Leaf = proof.LeafHash(s.Bytes)
	} else {
		c.Leaf, c.Device, c.Stream, c.Seq = r.Leaf, r.Device, r.Stream, r.Seq
	}
	return l.Check(&c)
}

// flush has the judgements on disk.
func (j *judge) flush() error {
	if l, ok := j.rules.(checkLog); ok {
		return l.Flush()
	}
	return nil
}

// logReplay keeps the judgement that the store itself has made last.
func (s *storage) logReplay() error {
	r := s.batch.refused[len(s.batch.refused)-1]
	l, ok := s.rules.(checkLog)
	if !ok {
		return nil
	}
	return l.Check(&proof.Check{Leaf: r.Leaf, Device: r.Stream.Device, Stream: r.Stream.Name, Seq: r.Seq,
		Place: proof.AtStorage, At: r.Judged, Verdict: r.Verdict})
}
