package engine

import (
	"errors"
	"time"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// turnFirings is how often an actor fires before others get their turn. One that
// keeps its own checkpoints does so at the end of each turn, and stands still
// meanwhile: its turns are longer, so that each transaction carries more.
const (
	turnFirings = 64
	ownFirings  = 1024
)

// stepBytes is how much an actor gives before a step of it must be made: what
// keeps checkpoints takes no step of any size.
const stepBytes = 1 << 20

// turn fires what can fire, up to turnFirings times, and brings the step to
// whoever keeps it.
func (c *cell) turn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.woken.Store(false) // under the lock, so that at no time the actor seems at rest
	if c.stopping.Load() || c.asleep {
		return
	}
	c.now = time.Now()
	until, may := c.health.may(c.now)
	if !may {
		if !until.IsZero() {
			c.retry.at(until)
		}
		c.keep()
		return
	}
	if c.broken && !c.renew() {
		return
	}
	c.told()
	scratch := c.eng.pool.Get().(*firing.Scratch)
	c.actions.Use(scratch)
	defer func() {
		c.actions.Use(nil) // perhaps others by now: it was made anew
		c.eng.pool.Put(scratch)
	}()
	for _, i := range c.inEnds {
		if i.turned.Swap(false) {
			i.look()
		}
	}
	if !c.retired() && (c.fireAll() || c.wind() && c.fireAll()) {
		c.wake()
	}
	for _, i := range c.inEnds {
		i.flush()
	}
	for _, o := range c.outEnds {
		o.flush()
	}
	c.keep()
}

// fireAll fires as often as a turn allows; more tells that it could go on.
func (c *cell) fireAll() (more bool) {
	fired, most := 0, turnFirings
	if c.own != nil {
		most = ownFirings
	}
	for n := 0; ; n++ {
		if more = n == most; more || c.stopping.Load() {
			break
		}
		if c.paused = c.given >= stepBytes || c.careful > 0 && c.dirty.Load(); c.paused {
			break
		}
		if c.typ.Spec.Exclusive && !c.may() {
			break
		}
		res, err := c.actions.Fire(c.now)
		if err == nil && res.Letters == 0 && res.Fault == nil { // the usual
			if !res.Fired {
				break
			}
			c.fired(res)
			fired++
			continue
		}
		c.well(fired) // before its fault is counted: that comes after
		fired = 0
		if !c.survive(res, err) {
			return false
		}
	}
	c.well(fired)
	return more
}

// leaseRest is how often an exclusive actor asks whether it may act again.
const leaseRest = 50 * time.Millisecond

// may asks whether an exclusive actor may act.
func (c *cell) may() bool {
	if c.eng.cfg.May == nil || c.eng.cfg.May(c.id, c.epoch) {
		return true
	}
	c.health.wait("its lease has ended: its node can't reach a majority of the voters")
	c.retry.at(time.Now().Add(leaseRest))
	return false
}

// well counts firings.
func (c *cell) well(firings int) {
	if firings > 0 {
		c.health.fired(firings)
		c.careful = max(0, c.careful-firings)
	}
}

func (c *cell) fired(res firing.Result) {
	c.given += res.Bytes
	if res.Still && c.own == nil && c.careful == 0 {
		c.moved = true
		return
	}
	if !c.dirty.Load() {
		c.dirty.Store(true)
	}
}

// survive does what follows a firing that went wrong; false ends the turn.
func (c *cell) survive(res firing.Result, err error) bool {
	fault := err
	if err == nil {
		fault = res.Fault
	}
	if firing.Broken(fault) && c.stateful() {
		c.broken = true
	}
	switch {
	case c.broken && (c.dirty.Load() || c.moved):
		// What it did since its last step may be in its broken value only:
		// that is done again, with a step after each firing, until it comes
		// here with nothing else undone.
		c.eng.cfg.Log.Warn("actor fell back to its last checkpoint", "actor", c.id, "err", fault)
		c.undo()
		c.careful = turnFirings
		return c.renew()
	case c.box.over:
		c.undo()
		c.stand("a dead letter of it is too large to be kept")
		return false
	case err == nil && !res.Fired: // there will be room for its letter
		return c.renew() && false
	case err == nil: // the letters are written
		c.fired(res)
		c.lettered(res)
	case errors.Is(err, flow.ErrLater):
		c.health.wait(err.Error())
		c.retry.at(c.now.Add(time.Second)) // in case nobody tells that it may go on
	case errors.Is(err, firing.ErrLettersFull):
		c.stand("its box of dead letters is full: take them out and let it go on")
	case c.typ.Spec.Fault == flow.FaultStop:
		c.faulted(err)
		c.stand(brief(err))
	default:
		c.retry.at(c.faulted(err))
	}
	return c.renew() && err == nil
}
