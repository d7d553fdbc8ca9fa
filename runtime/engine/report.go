package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What Report's errors wrap.
var (
	ErrNotRunning = errors.New("the actor does not run here")
	ErrNoReport   = errors.New("the actor's type answers no questions")
)

// Report asks an actor that runs here, between two of its firings, and gives
// back what it answers. What it was handed may let it fire.
func (e *Engine) Report(_ context.Context, id flow.ActorID, args map[string]flow.Value) (flow.Value, error) {
	e.mu.Lock()
	c := e.cells[id]
	e.mu.Unlock()
	if c == nil {
		return nil, fmt.Errorf("ask %s: %w", id, ErrNotRunning)
	}
	v, err := c.report(args)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", id, err)
	}
	c.wake()
	return v, nil
}

func (c *cell) report(args map[string]flow.Value) (v flow.Value, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.actor.(flow.Reporter)
	if !ok {
		return nil, ErrNoReport
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if v, err = r.Report(args); err != nil {
		return nil, err
	}
	if _, err := weigh(v); err != nil {
		return nil, fmt.Errorf("its answer: %w", err)
	}
	c.dirty = true // it may have taken what it was handed
	c.keep()
	return v, nil
}
