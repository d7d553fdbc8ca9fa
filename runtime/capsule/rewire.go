package capsule

// Rewire gives the capsule other ends, while no step is on its way: links were
// added, taken away, or turned out to lie in a loop. Ends that stay are the same
// values as before; new ones begin at number 1. What was given on a link that is
// gone holds up nothing any more, and is in no further step, so that whoever
// keeps checkpoints forgets it.
func (c *Capsule) Rewire(in []InEnd, out []OutEnd, loop []bool) {
	c.cfg.Guard.Lock()
	if c.ledger.flying {
		panic("capsule: rewired while a step is on its way")
	}
	l := &c.ledger
	for n := range l.covers {
		k := &l.covers[n]
		k.taken = carry(k.taken, c.cfg.In, in)
		k.made = carry(k.made, c.cfg.Out, out)
	}
	l.settled = carry(l.settled, c.cfg.Out, out)
	l.loop = loop
	c.cfg.In, c.cfg.Out, c.cfg.Loop = in, out, loop
	c.step = nil // its places are those of other links
	due := l.due()
	c.cfg.Guard.Unlock()
	settle(in, due)
}

// carry brings numbers that belong to old ends to their new places.
func carry[E comparable](numbers []uint64, old, now []E) []uint64 {
	at := make(map[E]uint64, len(old))
	for n, e := range old {
		at[e] = numbers[n]
	}
	moved := make([]uint64, len(now))
	for n, e := range now {
		moved[n] = at[e]
	}
	return moved
}
