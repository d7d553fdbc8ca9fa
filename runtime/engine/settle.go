package engine

import "github.com/wardflow/wardflow/runtime/flow"

// This file tells an actor that is a [flow.Settler] how far what it gave has
// taken effect.

// heard notes that tokens were settled, for an actor that wants to know.
func (c *cell) heard() {
	if c.settler {
		c.settles.Store(true)
		c.wake()
	}
}

// told tells the actor of it, before it fires. A token that went over several
// links counts until the last of them has settled it.
func (c *cell) told() {
	if !c.settler || !c.settles.Swap(false) {
		return
	}
	s, ok := c.actor.(flow.Settler)
	if !ok {
		return
	}
	left := map[string]int{}
	for _, o := range c.outEnds {
		port := o.link.From.Port
		left[port] = max(left[port], o.unsettled())
	}
	for _, p := range c.typ.Spec.Out {
		s.Unsettled(p.Name, left[p.Name])
	}
}

// unsettled is how many tokens were given and are not settled.
func (o *outEnd) unsettled() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return int(o.out.Made() - o.out.SettledTo())
}
