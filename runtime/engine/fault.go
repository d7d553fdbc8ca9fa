package engine

import (
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// This file is supervision: what the node says and does about an actor that
// goes wrong. Package firing has decided what becomes of the tokens.

// faulted counts a fault and says when to try again.
func (c *cell) faulted(err error) time.Time {
	until, first := c.health.fault(err, c.now)
	if first {
		c.eng.cfg.Log.Error("actor faulted", "actor", c.id, "err", err)
		c.eng.cfg.Event(Event{Actor: c.id, What: "faulted", Why: err.Error()})
	}
	return until
}

// lettered counts dead letters. Of many in a short time one is told.
func (c *cell) lettered(res firing.Result) {
	why := "exception token that no action takes"
	if res.Fault != nil {
		why = res.Fault.Error()
	}
	if c.health.lettered(res.Letters, why, c.now) {
		c.eng.cfg.Log.Error("actor wrote dead letter", "actor", c.id, "err", why)
		c.eng.cfg.Event(Event{Actor: c.id, What: "faulted", Why: "dead letter: " + why})
	}
}

// stand stops the actor until [Engine.Resume].
func (c *cell) stand(why string) {
	if c.health.stop(why) {
		c.eng.cfg.Log.Error("actor came to a stand", "actor", c.id, "err", why)
		c.eng.cfg.Event(Event{Actor: c.id, What: "stopped", Why: why})
	}
}

// stateful reports whether the actor's state can be brought back.
func (c *cell) stateful() bool {
	_, ok := c.actor.(flow.Stateful)
	return ok && c.own == nil
}

// undo takes back what the actor took and gave since its last step: it has not
// happened. Nothing of it was released.
func (c *cell) undo() {
	c.capsule.Undo()
	c.dirty.Store(false)
	c.given, c.moved = 0, false
	c.broken = true
}

// renew makes a broken actor anew, with the state of its last step. If that
// can't be, the actor stands.
func (c *cell) renew() bool {
	if !c.broken {
		return true
	}
	if s, ok := c.actor.(flow.Stopper); ok {
		s.Stop()
	}
	if err := c.remake(); err != nil {
		c.stand("it could not be made anew: " + err.Error())
		return false
	}
	c.broken = false
	return true
}

func (c *cell) remake() (err error) {
	if c.actor, err = c.typ.New(c.node.Args); err != nil {
		return err
	}
	if err := c.restore(c.saved); err != nil {
		return err
	}
	if err := c.start(); err != nil {
		return err
	}
	return c.bind()
}

// brief is an error without the stack of a panic.
func brief(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
