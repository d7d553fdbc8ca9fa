package engine

import "github.com/wardflow/wardflow/runtime/flow"

// AtRest reports whether nothing moves here: no actor can fire, none has set a
// timer, no step is on its way to the register, and none awaits the world. The
// count rises with all that moves: whoever waits for rest asks twice, also
// those who carry links, and compares.
func (e *Engine) AtRest() (count uint64, rest bool) {
	count = e.moves.Load()
	for _, c := range e.all() {
		if !c.atRest() {
			return count, false
		}
	}
	return count, true
}

func (c *cell) atRest() bool {
	if !c.mu.TryLock() {
		return false // it fires
	}
	defer c.mu.Unlock()
	if c.woken.Load() || c.dirty.Load() || c.capsule.Flying() || c.timer.waits() || c.retry.waits() {
		return false
	}
	a, ok := c.actor.(flow.Awaiter)
	return !ok || c.health.standing() || !a.Awaits()
}

// Held says why an actor that runs here should not be moved now, as a
// [flow.Holder] does; "" when nothing speaks against it.
func (e *Engine) Held(id flow.ActorID) string {
	c, err := e.cell(id)
	if err != nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.health.standing() {
		return "it stands still: " + c.health.reason()
	}
	if c.own != nil {
		return "it keeps its checkpoints in a store of this node"
	}
	if h, ok := c.actor.(flow.Holder); ok {
		return h.Holds()
	}
	return ""
}
