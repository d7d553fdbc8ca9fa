package ward

import (
	"math"
	"testing"
)

// A number after which none could come does not end a stream.
func TestHighestNumberIsNone(t *testing.T) {
	for _, seq := range []uint64{math.MaxInt64 + 1, math.MaxUint64} {
		for _, s := range []stream{{}, {last: 3, taken: 1, next: 4}} {
			if got := s.turn(seq); got != tooLate {
				t.Errorf("number %d of a stream at %d: turn %d, want %d", seq, s.last, got, tooLate)
			}
		}
	}
}
