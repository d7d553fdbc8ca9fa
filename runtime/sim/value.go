package sim

// A token's value here says which reading it goes back to: the number of the
// device, the number of the reading, and what the actors on its way have added
// and nobody could add again.

const (
	saltBits    = 16
	readingBits = 32
)

// origin is a value without what was added: the device and its reading.
type origin struct {
	device  int
	reading uint64
}

func pack(device int, reading, salt uint64) int64 {
	return int64(device)<<(readingBits+saltBits) | int64(reading)<<saltBits | int64(salt&(1<<saltBits-1))
}

func salted(v int64, salt uint64) int64 { return v&^(1<<saltBits-1) | int64(salt&(1<<saltBits-1)) }

func unpack(v int64) origin {
	return origin{int(v >> (readingBits + saltBits)), uint64(v>>saltBits) & (1<<readingBits - 1)}
}

// dropped reports whether filters drop what goes back to the reading.
func dropped(v int64) bool { return unpack(v).reading%5 == 0 }

// A tally is a set of readings of one device, nearly all of which follow each
// other: those up to low, and some above.
type tally struct {
	low   uint64
	above map[uint64]bool

	filtered bool // those that filters drop are not waited for
}

func (t *tally) has(n uint64) bool { return n <= t.low || t.above[n] }

func (t *tally) add(n uint64) {
	if t.above == nil {
		t.above = map[uint64]bool{}
	}
	t.above[n] = true
	for t.above[t.low+1] || t.filtered && (t.low+1)%5 == 0 {
		t.low++
		delete(t.above, t.low)
	}
}
