package ward

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/proof"
)

// How readings that come before their turn are treated: so many of a stream wait
// for those before them, for so long. Then the gap is taken as it is; it shows
// in the signed window.
const (
	mostEarly = 64
	earlyWait = 500 * time.Millisecond
)

// A taking is an arrival on its way to be settled.
type taking struct {
	arrival *flow.Arrival
	stream  *stream
	sealed  flow.Sealed
	came    time.Time
	pos     uint64 // answered when so many tokens of the intake are settled
	judged  bool   // said has what the rules say
	said    flow.Answer
}

func (t *taking) reading() *flow.Reading { return t.arrival.Reading }
func (t *taking) seq() uint64            { return t.arrival.Reading.Seq }

// A stream is one device's stream, as the intake has taken it. Numbers up to
// last have had their turn; taken says which of the newest 64 came. Those in
// coming are in order and not given yet: only what was given is state.
type stream struct {
	of    proof.Stream
	last  uint64 // 0: none was given
	taken uint64 // bit n: last-n was given
	pos   uint64 // the token of last

	next   uint64    // after those in coming; 0: the stream is new, and begins where it likes
	coming []*taking // in order
	early  []*taking // wait for those before them; in order
}

// A turn is what is due for a number that comes.
type turn int

const (
	itsTurn   turn = iota
	tooSoon        // others come before it
	underWay       // the same is in coming or early
	takenOnce      // it was given
	tooLate        // its turn has gone by
)

// turn says what is due for a number.
func (s *stream) turn(seq uint64) turn {
	switch {
	case seq > math.MaxInt64: // no device counts that far, and nothing could come after
		return tooLate
	case s.next == 0 || seq == s.next:
		return itsTurn
	case s.find(seq) != nil:
		return underWay
	case seq > s.next:
		return tooSoon
	case seq <= s.last && s.last-seq < 64 && s.taken>>(s.last-seq)&1 == 1:
		return takenOnce
	}
	return tooLate
}

// find is the taking of a number that is not given yet.
func (s *stream) find(seq uint64) *taking {
	for _, all := range [][]*taking{s.early, s.coming} {
		if at, ok := slices.BinarySearchFunc(all, seq, func(t *taking, seq uint64) int { return cmp.Compare(t.seq(), seq) }); ok {
			return all[at]
		}
	}
	return nil
}

// come takes the number whose turn it is.
func (s *stream) come(t *taking) {
	s.next = t.seq() + 1
	s.coming = append(s.coming, t)
}

// wait keeps one that is early.
func (s *stream) wait(t *taking) {
	at, _ := slices.BinarySearchFunc(s.early, t.seq(), func(t *taking, seq uint64) int { return cmp.Compare(t.seq(), seq) })
	s.early = slices.Insert(s.early, at, t)
}

// ripe lets those come that have waited for their turn: the next number, or,
// past its time, whatever comes next.
func (s *stream) ripe(now time.Time) (out []*taking) {
	for len(s.early) > 0 {
		first := s.early[0]
		if first.seq() != s.next && len(s.early) <= mostEarly && now.Before(s.until()) {
			break
		}
		s.early = s.early[1:]
		s.come(first)
		out = append(out, first)
	}
	return out
}

// until is when the first of those that wait does so no more.
func (s *stream) until() time.Time {
	first := s.early[0].came
	for _, t := range s.early[1:] {
		if t.came.Before(first) {
			first = t.came
		}
	}
	return first.Add(earlyWait)
}

// gave notes that the first of coming was given as a token.
func (s *stream) gave(pos uint64) {
	seq := s.coming[0].seq()
	s.coming[0] = nil
	s.coming = s.coming[1:]
	if step := seq - s.last; s.last == 0 || step >= 64 {
		s.taken = 1
	} else {
		s.taken = s.taken<<step | 1
	}
	s.last, s.pos = seq, pos
}
