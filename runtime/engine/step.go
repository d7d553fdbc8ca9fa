package engine

import (
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A step is a checkpoint on its way to whoever keeps it, and where it is on
// each link, in the order of the cell's ends. Since an actor has one on its way
// at a time, its memory is used for the next one again.
type step struct {
	flow.Checkpoint
	cover
}

// keep brings what has changed to whoever keeps checkpoints. Of each actor one
// step is on its way at a time; when it has landed, the actor's next turn makes
// the next of all that has changed meanwhile.
func (c *cell) keep() {
	if !c.dirty.Load() || c.now.Before(c.saveAfter) || !c.ledger.begin() {
		return
	}
	if err := c.step(); err != nil {
		c.ledger.land()
		c.saveAfter = c.faulted(err)
		c.retry.at(c.saveAfter)
		return
	}
	if c.paused {
		c.wake()
	}
	c.paused, c.given = false, 0
	c.dirty.Store(false)
	switch {
	case c.own != nil:
		c.keepOwn()
	case c.eng.cfg.Direct:
		c.keepDirectly()
	default:
		c.eng.commit.add(c)
	}
}

// keepDirectly commits the step here and now.
func (c *cell) keepDirectly() {
	one := [1]flow.Checkpoint{c.next.Checkpoint}
	stale, err := c.eng.cfg.Checkpoints.Commit(c.quit, one[:])
	switch {
	case err != nil:
		c.eng.commit.add(c) // which tries again
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
		err := c.own.Commit(c.quit, c.next.Checkpoint)
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

// step writes what has changed since the last step into next. An actor that
// keeps its own checkpoints gets it whole, and for good.
func (c *cell) step() error {
	s := &c.next
	if s.Taken == nil || c.own != nil {
		s.Actor, s.Epoch, s.Version = c.id, c.epoch, c.typ.Spec.State
		s.Taken = make(map[flow.LinkID]uint64, len(c.inEnds))
		s.Made, s.Settled = make(map[flow.LinkID]uint64, len(c.outEnds)), make(map[flow.LinkID]uint64, len(c.outEnds))
		s.Out = nil
	}
	if a, ok := c.actor.(flow.Stateful); ok {
		state, err := a.Save()
		if err != nil {
			return fmt.Errorf("save state: %w", err)
		}
		if len(state) > stepBytes {
			return fmt.Errorf("its state has %d bytes, at most %d can be kept", len(state), stepBytes)
		}
		s.State = state
		c.saved = saved{s.Version, state}
	}
	places := make([]uint64, len(c.inEnds)+len(c.outEnds))
	s.taken, s.made = places[:len(c.inEnds)], places[len(c.inEnds):]
	for n, i := range c.inEnds {
		s.taken[n] = i.step()
		s.Taken[i.key] = s.taken[n]
	}
	for n, o := range c.outEnds {
		s.made[n], s.Settled[o.key], s.Out = o.step(s.Out, c.own != nil)
		s.Made[o.key] = s.made[n]
	}
	c.box.step(&s.Checkpoint, c.own != nil)
	return nil
}

// landed releases what the committed step covers and settles what may be.
func (c *cell) landed() {
	s := &c.next
	for n, o := range c.outEnds {
		o.release(s.made[n])
	}
	if c.own == nil {
		clear(s.Out) // an idle actor holds no tokens that others have long forgotten
		s.Out = s.Out[:0]
	}
	c.ledger.add(s.cover)
	c.settleUp()
	c.ledger.land() // last, so that at no time the actor seems at rest
	if c.dirty.Load() {
		c.wake()
	}
}

// settleUp settles the in-links as far as the covers allow.
func (c *cell) settleUp() {
	for n, upto := range c.ledger.due(c.outEnds) {
		if upto > 0 {
			c.inEnds[n].settle(upto)
		}
	}
}
