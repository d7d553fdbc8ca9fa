package engine

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// keep brings what has changed to whoever keeps checkpoints. Of each actor one
// step is on its way at a time; when it has landed, the actor's next turn makes
// the next of all that has changed meanwhile. Firings that neither took nor gave a
// token, and left the actor's state as it was kept, make none.
func (c *cell) keep() {
	if c.moved {
		c.moved = false
		if !c.dirty.Load() && c.changed() {
			c.dirty.Store(true)
		}
	}
	if !c.dirty.Load() || c.now.Before(c.saveAfter) || !c.capsule.Begin() {
		return
	}
	if err := c.step(); err != nil {
		c.land()
		c.saveAfter = c.faulted(err)
		c.retry.at(c.saveAfter)
		return
	}
	if c.paused {
		c.wake()
	}
	c.paused, c.given = false, 0
	if c.rare, c.stepped = c.now.Sub(c.stepped) > rareStep, c.now; c.rare {
		c.trim()
	}
	c.dirty.Store(false)
	switch {
	case c.own != nil:
		c.keepOwn()
	case c.eng.cfg.Direct:
		c.keepDirectly()
	default:
		c.keeper.add(c)
	}
}

// rareStep is how far apart the steps of an actor are that keeps no memory from
// one to the next.
const rareStep = 250 * time.Millisecond

// trim lets memory go that a burst has left behind; what was given stands in the
// links.
func (c *cell) trim() {
	for _, i := range c.inEnds {
		i.trim()
	}
	for _, o := range c.outEnds {
		o.trim()
	}
}

// keepDirectly commits the step here and now.
func (c *cell) keepDirectly() {
	one := [1]flow.Checkpoint{*c.capsule.Last()}
	stale, err := c.keeper.to.Commit(c.quit, one[:])
	switch {
	case err != nil:
		c.keeper.add(c) // which tries again
	case len(stale) > 0:
		c.expire()
	default:
		c.landed()
	}
}

// keepOwn lets an actor commit its own step. This holds up this actor only;
// nothing has been released.
func (c *cell) keepOwn() {
	pause := 10 * time.Millisecond
	for {
		err := c.own.Commit(c.quit, *c.capsule.Last())
		if err == nil {
			c.health.ok()
			c.landed()
			return
		}
		if errors.Is(err, flow.ErrStale) {
			c.eng.ending.Go(c.expire)
			return
		}
		c.health.wait("its checkpoint can't be kept: " + err.Error())
		select {
		case <-c.quit.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, time.Second)
	}
}

// step writes what has changed since the last step.
func (c *cell) step() error {
	var state []byte
	if a, ok := c.actor.(flow.Stateful); ok {
		var err error
		if state, err = a.Save(); err != nil {
			return fmt.Errorf("save state: %w", err)
		}
		if len(state) > stepBytes {
			return fmt.Errorf("its state has %d bytes, at most %d can be kept", len(state), stepBytes)
		}
		c.saved = saved{c.typ.Spec.State, state}
	}
	c.capsule.Step(state)
	return nil
}

// landed does what follows when the step is kept.
func (c *cell) landed() {
	c.capsule.Landed()
	if c.rare {
		c.capsule.Rest()
	}
	c.land() // last, so that at no time the actor seems at rest
	if c.dirty.Load() {
		c.wake()
	}
}
