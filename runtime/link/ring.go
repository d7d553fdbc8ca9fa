package link

// A ring is a first-in first-out queue, of tokens or of their weights. It grows
// to what its window needs, so that a busy link stops allocating, and shrinks
// when it is trimmed.
type ring[T any] struct {
	buf  []T // its length is 0 or a power of two
	head int // of the oldest
	n    int
}

const leastRing = 2 // tokens

// push appends one and gives its slot, to be filled.
func (r *ring[T]) push() *T {
	r.grow(r.n + 1)
	r.n++
	return r.at(r.n - 1)
}

// pushAll appends many, and gives where they lie now: in two pieces, as the end
// of the buffer may be between them.
func (r *ring[T]) pushAll(ts []T) (one, two []T) {
	r.grow(r.n + len(ts))
	one, two = r.span(r.n, len(ts))
	n := copy(one, ts)
	copy(two, ts[n:])
	r.n += len(ts)
	return one, two
}

// grow makes room for n in all.
func (r *ring[T]) grow(n int) {
	if n > len(r.buf) {
		r.resize(max(n, 2*len(r.buf)))
	}
}

// trim lets go what memory is much more than needed. What was viewed stays as it
// is.
func (r *ring[T]) trim() {
	switch {
	case r.n == 0:
		r.buf, r.head = nil, 0
	case len(r.buf) > 8*max(r.n, leastRing):
		r.resize(r.n)
	}
}

// resize moves to a buffer for n or a little more.
func (r *ring[T]) resize(n int) {
	size := leastRing
	for size < n {
		size *= 2
	}
	other := make([]T, size)
	one, two := r.span(0, r.n)
	copy(other[copy(other, one):], two)
	r.buf, r.head = other, 0
}

// at is the i-th oldest one's slot.
func (r *ring[T]) at(i int) *T { return &r.buf[(r.head+i)&(len(r.buf)-1)] }

// span are n slots from the i-th on, in two pieces.
func (r *ring[T]) span(i, n int) (one, two []T) {
	if n == 0 {
		return nil, nil
	}
	from := (r.head + i) & (len(r.buf) - 1)
	upto := min(from+n, len(r.buf))
	return r.buf[from:upto:upto], r.buf[:n-(upto-from)]
}

// drop forgets the n oldest, so that what they point to can be freed.
func (r *ring[T]) drop(n int) {
	r.clear(0, n)
	if r.n -= n; r.n > 0 {
		r.head = (r.head + n) & (len(r.buf) - 1)
		return
	}
	r.head = 0
}

// pop forgets the n newest.
func (r *ring[T]) pop(n int) {
	r.clear(r.n-n, n)
	r.n -= n
}

func (r *ring[T]) clear(i, n int) {
	one, two := r.span(i, n)
	clear(one)
	clear(two)
}

// view is the tokens from the i-th oldest on, as far as they lie in one piece.
// It stays good while those tokens stand in the ring, also when others are
// pushed meanwhile.
func (r *ring[T]) view(i int) []T {
	if i >= r.n {
		return nil
	}
	from := (r.head + i) & (len(r.buf) - 1)
	upto := min(from+r.n-i, len(r.buf))
	return r.buf[from:upto:upto]
}

// weights are what tokens weigh, bytes, about.
type weights struct{ ring[int32] }

// shed forgets the n oldest, or all if there are fewer, and gives their sum.
func (w *weights) shed(n int) int {
	n = min(n, w.n)
	sum := total(w.span(0, n))
	w.drop(n)
	return sum
}

func total(one, two []int32) (sum int) {
	for _, w := range one {
		sum += int(w)
	}
	for _, w := range two {
		sum += int(w)
	}
	return sum
}
