package engine

import "github.com/wardflow/wardflow/runtime/flow"

// Empty reports whether an actor that is ending holds nothing any more, as
// [ActorStat].Empty says; false for any other actor.
func (e *Engine) Empty(id flow.ActorID) bool {
	c, err := e.cell(id)
	return err == nil && c.empty()
}

func (c *cell) empty() bool {
	if !c.mu.TryLock() {
		return false // it fires
	}
	defer c.mu.Unlock()
	if !c.ends() || c.asleep || c.broken {
		return false
	}
	// What was made is settled when no kept checkpoint waits for it, save in
	// loops, where the links themselves tell.
	if c.dirty.Load() || c.capsule.Flying() || c.capsule.Unsettled() > 0 {
		return false
	}
	for _, i := range c.inEnds {
		if i.waits() {
			return false
		}
	}
	for _, o := range c.outEnds {
		if o.holds() {
			return false
		}
	}
	if _, letters := c.box.list(0); letters > 0 {
		return false
	}
	return !c.holds()
}

// ends reports whether the actor is to go once it holds nothing: a replica that
// is ending, or an actor whose in-links all are closing.
func (c *cell) ends() bool {
	if c.node.Replica != nil && c.node.Replica.Ending {
		return true
	}
	for _, i := range c.inEnds {
		if !i.link.Closing {
			return false
		}
	}
	return len(c.inEnds) > 0
}

// retired reports whether the actor fires no more although nobody stopped it:
// one that is ending, and whose firings nothing but itself would end.
func (c *cell) retired() bool { return len(c.inEnds) == 0 && c.ends() && !c.holds() }

// holds reports whether the actor holds something of the world.
func (c *cell) holds() bool {
	h, ok := c.actor.(flow.Holder)
	return ok && h.Holds() != ""
}

func (i *inEnd) waits() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.in.Len() > 0
}

func (o *outEnd) holds() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.Held() > 0
}

// wind tells a [flow.Finisher] that no token will come, when its in-links all are
// closing and none has one waiting; once for all that it has taken. True means
// that its actions are worth a look.
func (c *cell) wind() (told bool) {
	f, ok := c.actor.(flow.Finisher)
	if !ok || c.broken || c.health.standing() || len(c.inEnds) == 0 {
		return false
	}
	taken := uint64(1)
	for _, i := range c.inEnds {
		if !i.link.Closing || i.Len() > 0 {
			return false
		}
		taken += i.taken()
	}
	if c.wound == taken {
		return false
	}
	defer func() {
		if p := recover(); p != nil {
			c.panicked(p)
			told = false
		}
	}()
	f.Finish()
	c.wound = taken
	c.dirty.Store(true) // what it gathers may be its state
	return true
}

// taken is the last number taken.
func (i *inEnd) taken() uint64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.in.Taken()
}
