package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// What Report's errors wrap.
var (
	ErrNotRunning = errors.New("the actor does not run here")
	ErrNoReport   = errors.New("the actor's type answers no questions")
)

// Report asks an actor that runs here, between two of its firings, and gives
// back what it answers. What it was handed may let it fire. When ctx ends first
// the actor may still be asked.
func (e *Engine) Report(ctx context.Context, id flow.ActorID, args map[string]flow.Value) (flow.Value, error) {
	var answer flow.Value // the actor's until between returns without ctx having ended
	err := e.between(ctx, id, func(c *cell) (err error) {
		answer, err = c.report(args)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", id, err)
	}
	return answer, nil
}

func (e *Engine) cell(id flow.ActorID) (*cell, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c := e.cells[id]; c != nil {
		return c, nil
	}
	return nil, ErrNotRunning
}

// between does something with an actor between two of its firings, and lets it
// look at its actions then.
func (e *Engine) between(ctx context.Context, id flow.ActorID, do func(*cell) error) error {
	c, err := e.cell(id)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	sent := c.post.send(e.boxes, errand{c, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.stopping.Load() || c.asleep {
			done <- ErrNotRunning
			return
		}
		c.now = time.Now()
		done <- do(c)
		c.wake()
	}})
	if !sent {
		return ErrNotRunning
	}
	select {
	case err := <-done:
		return err
	case <-c.quit.Done():
		return ErrNotRunning
	case <-ctx.Done():
		return ctx.Err()
	}
}

// report asks the actor; its lock is held. A panic counts as a fault.
func (c *cell) report(args map[string]flow.Value) (v flow.Value, err error) {
	r, ok := c.actor.(flow.Reporter)
	if !ok {
		return nil, ErrNoReport
	}
	if c.broken {
		return nil, errors.New("it stands still: " + c.health.reason())
	}
	defer func() {
		if p := recover(); p != nil {
			err = c.panicked(p)
		}
	}()
	if v, err = r.Report(args); err != nil {
		return nil, err
	}
	if _, err := firing.Weigh(v); err != nil {
		return nil, fmt.Errorf("its answer: %w", err)
	}
	c.dirty.Store(true) // it may have taken what it was handed
	return v, nil
}

// panicked is what follows a panic between two firings: it counts as a fault.
func (c *cell) panicked(p any) error {
	fault := &firing.Panic{Value: p, Stack: debug.Stack()}
	c.retry.at(c.faulted(fault))
	if c.stateful() {
		c.undo()
		c.careful = turnFirings
		c.renew()
	}
	return errors.New(brief(fault))
}
