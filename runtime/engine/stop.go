package engine

import (
	"bytes"
	"context"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// This file ends actors.

// stop freezes the actor, waits until its last step is kept or ctx ends, and
// halts it. Of several calls at once the first does it, and all wait for it.
func (c *cell) stop(ctx context.Context) (err error) {
	defer context.AfterFunc(ctx, c.cancel)()
	c.ending.Do(func() {
		c.mu.Lock()
		c.stopping = true
		if c.changed() {
			c.dirty.Store(true)
		}
		c.mu.Unlock()
		err = c.drain(ctx)
		c.over()
		c.halt()
	})
	return err
}

// changed reports whether the actor would save another state than it did last:
// its own goroutines may have changed it, too.
func (c *cell) changed() bool {
	if c.asleep || c.broken || !c.stateful() {
		return false
	}
	state, err := c.actor.(flow.Stateful).Save()
	return err == nil && !bytes.Equal(state, c.saved.state)
}

// drain waits until all that has changed is kept.
func (c *cell) drain(ctx context.Context) error {
	for {
		c.mu.Lock()
		if c.own == nil {
			c.keep()
		}
		dirty, stuck := c.dirty.Load(), c.now.Before(c.saveAfter)
		c.mu.Unlock()
		landed, closed := c.await()
		switch {
		case closed || landed == nil && !dirty:
			return nil
		case landed == nil && stuck:
			return fmt.Errorf("stop %s: its last checkpoint can't be made", c.id)
		case landed == nil:
			continue // it has just landed
		}
		select {
		case <-landed:
		case <-ctx.Done():
			return fmt.Errorf("stop %s: its last checkpoint was not kept: %w", c.id, ctx.Err())
		}
	}
}

// expire ends an activation that a newer one has replaced.
func (c *cell) expire() {
	c.eng.cfg.Event(Event{Actor: c.id, What: "stale", Why: "a newer activation runs elsewhere"})
	c.eng.cfg.Log.Info("actor was replaced by a newer activation and stopped", "actor", c.id)
	c.over()
	c.eng.ending.Go(func() {
		c.mu.Lock()
		c.stopping = true
		c.dirty.Store(false)
		c.mu.Unlock()
		if err := c.eng.Stop(context.Background(), c.id); err != nil {
			c.eng.cfg.Log.Error("replaced actor could not be stopped", "actor", c.id, "err", err)
		}
	})
}
