package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// This file ends actors. What an actor has done since its last kept step was
// never released, so ending it at any time loses and repeats nothing.

// ErrHung reports an actor that did not end in time: it hangs in a firing, or
// in its own Stop. It is left behind: nothing that it still does takes effect
// in its links or checkpoints, but what it does to the world can't be stopped
// from here.
var ErrHung = errors.New("it hangs in a firing or in its stop, and was left behind")

// stopWithin is how long Stop waits when its context says nothing, and Close in
// all.
const stopWithin = 3 * time.Second

// Stop ends an actor: it fires no more, its last checkpoint is committed if
// that can be done within ctx, and its links are closed. Stopping an actor
// that does not run here does nothing. It returns when ctx ends, or after three
// seconds when ctx has no end: an actor that hangs is left behind with
// [ErrHung].
func (e *Engine) Stop(ctx context.Context, id flow.ActorID) error { return e.end(ctx, id, true) }

// StopNow is [Engine.Stop] without a last checkpoint: the next activation goes
// on from the one before. It waits for a firing that is going on, and for
// nothing else. Exclusive actors whose lease ends are stopped so.
func (e *Engine) StopNow(ctx context.Context, id flow.ActorID) error { return e.end(ctx, id, false) }

func (e *Engine) end(ctx context.Context, id flow.ActorID, last bool) error {
	c, err := e.cell(id)
	if err != nil {
		return nil
	}
	return c.end(ctx, last)
}

// end stops this activation, whichever else there may be, and closes its links.
func (c *cell) end(ctx context.Context, last bool) error {
	if _, ends := ctx.Deadline(); !ends {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, stopWithin)
		defer cancel()
	}
	err := c.stop(ctx, last)
	c.eng.remove(c)
	return err
}

// remove closes the links of an actor that has ended.
func (e *Engine) remove(c *cell) {
	const why = "the actor at the other end has stopped"
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cells[c.id] != c {
		return // somebody else has stopped it, too, and was quicker
	}
	delete(e.cells, c.id)
	for _, o := range c.outEnds {
		e.cutOut(o, "the actor has stopped", why) // first: nothing of it may arrive when its next activation has begun
	}
	for _, i := range c.inEnds {
		e.cutIn(i, "the actor has stopped", why)
	}
}

// cutOut takes a sender's end away; the caller holds the lock. Both ends say why.
func (e *Engine) cutOut(o *outEnd, why, whyThere string) {
	o.down(why)
	o.unwatch(why)
	delete(e.outs, o.id)
	if in := e.ins[o.id]; in != nil {
		in.down(whyThere)
	}
}

// cutIn takes a receiver's end away; the caller holds the lock.
func (e *Engine) cutIn(i *inEnd, why, whyThere string) {
	i.down(why)
	delete(e.ins, i.id)
	if out := e.outs[i.id]; out != nil {
		out.down(whyThere)
	}
}

// grace is how much longer than its context an actor has to end: to see that
// its checkpoint is not waited for, and to stop.
const grace = 250 * time.Millisecond

// stop freezes the actor, waits until its last step is kept or ctx ends, and
// halts it. Of several calls at once the first does it, and all wait for it.
func (c *cell) stop(ctx context.Context, last bool) error {
	if !last { // nor does an earlier call wait any longer
		c.stopping.Store(true)
		c.over()
		c.cancel()
	}
	c.ending.Do(func() {
		c.ended = make(chan struct{})
		c.stopping.Store(true)
		c.eng.ending.Go(func() {
			defer close(c.ended)
			defer context.AfterFunc(ctx, c.cancel)()
			c.unkept = c.finish(ctx, last)
			c.eng.found(c)
		})
	})
	late := time.NewTimer(time.Hour)
	defer late.Stop()
	out := ctx.Done()
	for {
		select {
		case <-c.ended:
			return c.unkept
		case <-out:
			out = nil
			late.Reset(grace)
		case <-late.C:
			c.leave()
			return fmt.Errorf("stop %s: %w", c.id, ErrHung)
		}
	}
}

// finish is what an actor's end consists of.
func (c *cell) finish(ctx context.Context, last bool) (err error) {
	c.mu.Lock() // the firing that is going on ends
	if last && c.changed() {
		c.dirty.Store(true)
	}
	c.mu.Unlock()
	if last {
		err = c.drain(ctx)
	}
	c.over()
	c.halt()
	return err
}

// leave gives up an actor that does not end.
func (c *cell) leave() {
	c.over()
	c.cancel()
	e := c.eng
	e.mu.Lock()
	known := e.hung[c]
	e.hung[c] = true
	e.mu.Unlock()
	select {
	case <-c.ended: // just now
		e.found(c)
		return
	default:
	}
	if !known {
		e.cfg.Log.Error("actor hung and was left behind", "actor", c.id)
		e.cfg.Event(Event{Actor: c.id, What: "hung", Why: "it did not end: " + ErrHung.Error()})
	}
}

// found says that an actor has ended, if late.
func (e *Engine) found(c *cell) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.hung, c)
}

// Hung are the actors that were left behind and still hang, by name.
func (e *Engine) Hung() []flow.ActorID {
	e.mu.Lock()
	defer e.mu.Unlock()
	var ids []flow.ActorID
	for c := range e.hung {
		ids = append(ids, c.id)
	}
	slices.Sort(ids)
	return ids
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
	if c.capsule.Closed() {
		return // it has ended already, perhaps before that one began on this node
	}
	c.eng.cfg.Event(Event{Actor: c.id, What: "stale", Why: "a newer activation runs elsewhere"})
	c.eng.cfg.Log.Info("actor was replaced by a newer activation and stopped", "actor", c.id)
	c.over()
	c.eng.ending.Go(func() {
		if err := c.end(context.Background(), false); err != nil {
			c.eng.cfg.Log.Error("replaced actor could not be stopped", "actor", c.id, "err", err)
		}
	})
}

// Close stops every actor and returns when no goroutine of the engine is left.
// What can't be committed within three seconds, since the other voters are
// gone already, say, is left out: it was never released, and the next
// activation begins from the checkpoint before. Actors that hang are an error
// that names them: their goroutines end when they do.
func (e *Engine) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	e.stopAll(ctx)
	e.commit.close()
	if e.local != nil {
		e.local.close()
	}
	ended := make(chan struct{})
	go func() {
		e.ending.Wait()
		e.system.Shutdown()
		close(ended)
	}()
	if len(e.Hung()) == 0 { // else they have had their time
		select {
		case <-ended:
			return nil
		case <-ctx.Done():
		}
	}
	select {
	case <-ended:
		return nil
	case <-time.After(grace):
	}
	return fmt.Errorf("close engine: %v: %w", e.Hung(), ErrHung)
}

func (e *Engine) stopAll(ctx context.Context) {
	all := make(chan struct{}, 64) // so many are stopped side by side
	for id := range e.Running() {
		all <- struct{}{}
		e.ending.Go(func() {
			defer func() { <-all }()
			if err := e.Stop(ctx, id); err != nil {
				e.cfg.Log.Info("actor stopped without its last checkpoint", "actor", id, "err", err)
			}
		})
	}
	for range cap(all) {
		all <- struct{}{}
	}
}
