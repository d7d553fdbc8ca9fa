package capsule

// A cover is a checkpoint seen from settling: when everything made up to it is
// settled, the in-links are settled up to what it had taken. Both are in the
// order of the capsule's ends.
type cover struct{ taken, made []uint64 }

// A ledger is what an actor has kept and what of it is settled: the checkpoints
// whose in-links are not settled yet, and whether a step is on its way.
type ledger struct {
	covers  []cover  // kept, oldest first
	settled []uint64 // of each out-end
	loop    []bool   // of each out-end: it holds up nothing
	flying  bool
	closed  bool
}

// settle notes that an out-end was settled up to that number.
func (l *ledger) settle(out int, upto uint64) {
	l.settled[out] = max(l.settled[out], upto)
}

// due drops the covers whose outputs are settled and returns up to where the
// in-links may be settled now; nil when there is nothing new.
func (l *ledger) due() []uint64 {
	n := 0
	for n < len(l.covers) && l.done(l.covers[n]) {
		n++
	}
	if n == 0 {
		return nil
	}
	taken := l.covers[n-1].taken
	rest := copy(l.covers, l.covers[n:])
	clear(l.covers[rest:])
	l.covers = l.covers[:rest]
	return taken
}

// done reports whether all that a checkpoint's firings gave is settled.
func (l *ledger) done(c cover) bool {
	for n, made := range c.made {
		if !l.loop[n] && l.settled[n] < made {
			return false
		}
	}
	return true
}
