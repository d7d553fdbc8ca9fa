package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"

	"github.com/wardflow/wardflow/runtime/capsule"
	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// This file gives an actor that runs other links.

// ErrRestart reports an actor that can't be rewired while it runs: more than its
// links has changed. Stop it and start it anew.
var ErrRestart = errors.New("more than its links has changed")

// Rewire makes the links of an actor that runs those of a: new ones begin, those
// that are no more are cut with what they hold, and the flags of others, such as
// Closing, are as a says. State, timers and the tokens of all other links stay.
// It waits for the actor's firing and its step on the way; a is as for
// [Engine.Start] with the epoch that the actor has, and its Checkpoint is not
// looked at. Errors are [ErrNotRunning], [ErrRestart], what the ports say against
// the links, and that of ctx; nothing has changed then.
func (e *Engine) Rewire(ctx context.Context, a Activation) error {
	err := e.between(ctx, a.Actor.ID, func(c *cell) error { return c.rewire(ctx, a) })
	if err != nil {
		return fmt.Errorf("rewire %s: %w", a.Actor.ID, err)
	}
	for _, l := range a.In {
		e.Join(l.ID())
	}
	for _, l := range a.Out {
		e.Join(l.ID())
	}
	return nil
}

// Rewirable reports whether two declarations of an actor differ in nothing that
// it would have to be started anew for.
func Rewirable(was, is flow.Node) bool {
	for _, n := range []*flow.Node{&was, &is} {
		n.Rule, n.Replica = nil, nil // where it may run, and for whom, does not change what it is
		n.Ports = uncounted(n.Ports)
	}
	return reflect.DeepEqual(was, is)
}

// uncounted are the properties of ports without how many links each has: the
// links say that.
func uncounted(ports map[string]map[string]any) map[string]map[string]any {
	all := map[string]map[string]any{}
	for port, props := range ports {
		rest := maps.Clone(props)
		delete(rest, "nbr_peers")
		if len(rest) > 0 {
			all[port] = rest
		}
	}
	return all
}

// A harness is the ends that an actor is to have.
type harness struct {
	ins   []*inEnd
	outs  []*outEnd
	links map[flow.LinkID]flow.Link
	loop  map[flow.LinkID]bool
}

// rewire is between two firings.
func (c *cell) rewire(ctx context.Context, a Activation) error {
	if a.Epoch != c.epoch || !Rewirable(c.node, a.Actor) {
		return ErrRestart
	}
	h, err := c.harness(a)
	if err != nil {
		return err
	}
	if err := c.flightOver(ctx); err != nil {
		return err
	}
	if err := c.actions.Rebind(h.ports(c)); err != nil {
		return err
	}
	c.node = a.Actor
	c.change(h)
	return nil
}

// harness keeps the ends that stay and makes those that are new.
func (c *cell) harness(a Activation) (*harness, error) {
	h := &harness{links: map[flow.LinkID]flow.Link{}, loop: a.Loop}
	anew := capsule.Read(flow.Checkpoint{})
	was := map[flow.LinkID]*inEnd{} // by key, so that another life is another link
	for _, i := range c.inEnds {
		was[i.in.Key] = i
	}
	for _, l := range a.In {
		i := was[capsule.Key(l.ID(), a.Lives[l.ID()])]
		if i == nil {
			var err error
			if i, err = c.inEnd(l, a.Lives[l.ID()], anew); err != nil {
				return nil, err
			}
		}
		h.ins, h.links[i.id] = append(h.ins, i), l
	}
	wasOut := map[flow.LinkID]*outEnd{}
	for _, o := range c.outEnds {
		wasOut[o.out.Key] = o
	}
	for _, l := range a.Out {
		o := wasOut[capsule.Key(l.ID(), a.Lives[l.ID()])]
		if o == nil {
			var err error
			if o, err = c.outEnd(l, a.Lives[l.ID()], anew); err != nil {
				return nil, err
			}
		}
		h.outs, h.links[o.id] = append(h.outs, o), l
	}
	return h, nil
}

// ports is what the actor's actions are bound to.
func (h *harness) ports(c *cell) firing.Config {
	cfg := c.ports()
	for _, i := range h.ins {
		cfg.In = append(cfg.In, firing.InLink{Link: h.links[i.id], End: i})
	}
	for _, o := range h.outs {
		cfg.Out = append(cfg.Out, firing.OutLink{Link: h.links[o.id], End: o})
	}
	return cfg
}

// flightOver waits until no step is on its way. None begins meanwhile: that is
// the turn's, and this one has not ended.
func (c *cell) flightOver(ctx context.Context) error {
	landed, closed := c.await()
	switch {
	case closed:
		return ErrNotRunning
	case landed == nil:
		return nil
	}
	select {
	case <-landed:
		return nil
	case <-c.quit.Done():
		return ErrNotRunning
	case <-ctx.Done():
		return fmt.Errorf("its checkpoint is on its way: %w", ctx.Err())
	}
}

// change puts the harness on.
func (c *cell) change(h *harness) {
	const why = "the link is not in the application any more"
	e := c.eng
	stays := map[any]bool{}
	for _, i := range h.ins {
		stays[i] = true
		i.mu.Lock()
		i.link = h.links[i.id]
		i.mu.Unlock()
	}
	for _, o := range h.outs {
		stays[o] = true
		o.mu.Lock()
		o.link, o.loop = h.links[o.id], c.apart(h.loop, o.id)
		o.mu.Unlock()
	}
	e.mu.Lock()
	if e.cells[c.id] != c {
		e.mu.Unlock()
		return // it was left behind meanwhile
	}
	for _, i := range c.inEnds {
		if !stays[i] {
			e.cutIn(i, why, why)
		}
	}
	for _, o := range c.outEnds {
		if !stays[o] {
			e.cutOut(o, why, why)
		}
	}
	c.inEnds, c.outEnds = h.ins, h.outs
	for _, i := range c.inEnds {
		e.ins[i.id] = i
	}
	for _, o := range c.outEnds {
		e.outs[o.id] = o
	}
	e.mu.Unlock()
	c.capsule.Rewire(c.covered(h.ins, h.outs))
	c.settles.Store(true)
	c.dirty.Store(true) // so that a step says which links there are
}
