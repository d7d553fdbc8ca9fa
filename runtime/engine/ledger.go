package engine

import "sync"

// A cover is a committed checkpoint seen from settling: when everything made
// up to it is settled, the in-links are settled up to what it had taken. Both
// are in the order of the cell's ends.
type cover struct{ taken, made []uint64 }

// A ledger is an actor's committed checkpoints whose in-links are not settled
// yet, and the step that is on its way.
type ledger struct {
	mu      sync.Mutex // guards what follows
	covers  []cover    // oldest first
	flying  bool
	closed  bool
	waiting chan struct{} // closed when nothing flies any more; nil when nobody waits
}

// begin says that a step sets out; false means that one is on its way.
func (l *ledger) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flying || l.closed {
		return false
	}
	l.flying = true
	return true
}

// land says that the step is not on its way any more.
func (l *ledger) land() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free()
}

func (l *ledger) free() {
	l.flying = false
	if l.waiting != nil {
		close(l.waiting)
		l.waiting = nil
	}
}

// close says that no step will set out or land any more.
func (l *ledger) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.free()
}

// add takes a committed checkpoint, the newest.
func (l *ledger) add(c cover) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.covers = append(l.covers, c)
}

// flight is closed when the step that is on its way has landed; nil when none
// is. Closed tells that none will be any more.
func (l *ledger) flight() (landed <-chan struct{}, closed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.flying && l.waiting == nil {
		l.waiting = make(chan struct{})
	}
	return l.waiting, l.closed
}

// atRest reports whether no step is on its way.
func (l *ledger) atRest() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.flying
}

// due drops the covers whose outputs are settled and returns up to where the
// in-links may be settled now; nil when there is nothing new.
func (l *ledger) due(outs []*outEnd) []uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for n < len(l.covers) && l.covers[n].done(outs) {
		n++
	}
	if n == 0 {
		return nil
	}
	taken := l.covers[n-1].taken
	l.covers = append(l.covers[:0], l.covers[n:]...)
	return taken
}

func (c cover) done(outs []*outEnd) bool {
	for n, made := range c.made {
		if !outs[n].loop && outs[n].settledTo() < made {
			return false
		}
	}
	return true
}
