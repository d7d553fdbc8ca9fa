package link

import "github.com/wardflow/wardflow/runtime/flow"

// A ring is a first-in first-out queue of tokens. It grows to what its window
// has once needed, so an idle link costs nothing and a busy one stops allocating.
type ring struct {
	buf  []flow.Token // its length is 0 or a power of two
	head int          // of the oldest token
	n    int
}

const leastRing = 8 // tokens

func (r *ring) push(t flow.Token) {
	if r.n == len(r.buf) {
		bigger := make([]flow.Token, max(leastRing, 2*len(r.buf)))
		for i := range r.n {
			bigger[i] = *r.at(i)
		}
		r.buf, r.head = bigger, 0
	}
	*r.at(r.n) = t
	r.n++
}

// at is the i-th oldest token's slot.
func (r *ring) at(i int) *flow.Token { return &r.buf[(r.head+i)&(len(r.buf)-1)] }

// drop forgets the n oldest tokens, so that what they point to can be freed.
func (r *ring) drop(n int) {
	for i := range n {
		*r.at(i) = flow.Token{}
	}
	if r.n -= n; r.n == 0 {
		r.head = 0
	} else {
		r.head = (r.head + n) & (len(r.buf) - 1)
	}
}

// pop forgets the n newest tokens.
func (r *ring) pop(n int) {
	for i := r.n - n; i < r.n; i++ {
		*r.at(i) = flow.Token{}
	}
	r.n -= n
}

// view is the tokens from the i-th oldest on, as far as they lie in one piece.
// It stays good while those tokens stand in the ring, also when others are
// pushed meanwhile.
func (r *ring) view(i int) []flow.Token {
	if i >= r.n {
		return nil
	}
	from := (r.head + i) & (len(r.buf) - 1)
	upto := min(from+r.n-i, len(r.buf))
	return r.buf[from:upto:upto]
}
