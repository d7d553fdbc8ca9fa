package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// turnFirings is how often an actor fires before others get their turn.
const turnFirings = 64

// stepBytes is how much an actor gives before a step of it must be made: what
// keeps checkpoints takes no step of any size.
const stepBytes = 1 << 20

// wakeUp is the only message in an actor's mailbox: look at your actions. At
// most one is in a mailbox, so that an unbounded mailbox stays small.
type wakeUp struct{}

// A cell is one actor running here: its value, its ports and its mailbox.
type cell struct {
	eng    *Engine
	id     flow.ActorID
	epoch  uint64
	spec   *flow.Spec
	signer flow.Signer
	pid    *actor.PID
	woken  atomic.Bool

	outEnds []*outEnd
	inEnds  []*inEnd

	mu       sync.Mutex // held during a turn and while a step is made; guards what follows
	actor    flow.Actor
	asleep   bool           // not started yet
	own      flow.Committer // nil: the register keeps its checkpoints
	actions  []action
	firing   flow.Firing
	dirty    bool // has fired since the last step
	given    int  // bytes given since the last step, about
	bytes    []int
	stepped  map[flow.LinkID]uint64
	stopping bool
	flying   int           // steps on their way to the register
	landed   chan struct{} // closed when flying is 0 again; nil when nobody waits

	quit   context.Context // ends when stop has waited long enough
	cancel context.CancelFunc

	timerMu sync.Mutex  // guards the timers
	timer   *time.Timer // the actor's own
	retry   *time.Timer // after a fault

	coverMu sync.Mutex // guards covers; taken after mu when both are
	covers  covers

	health health
}

func newCell(ctx context.Context, e *Engine, typ flow.Type, a Activation) (*cell, error) {
	value, err := typ.New(a.Actor.Args)
	if err != nil {
		return nil, err
	}
	c := &cell{eng: e, id: a.Actor.ID, epoch: a.Epoch, spec: &typ.Spec, signer: a.Signer, actor: value, asleep: true,
		stepped: map[flow.LinkID]uint64{}, covers: covers{loop: map[flow.LinkID]bool{}}}
	c.health.state = Running
	c.own, _ = value.(flow.Committer)
	c.quit, c.cancel = context.WithCancel(context.Background())
	c.pid = e.system.Root.Spawn(actor.PropsFromFunc(func(ac actor.Context) {
		if _, ok := ac.Message().(wakeUp); ok {
			c.turn()
		}
	}))
	if err := c.awaken(ctx, a); err != nil {
		c.halt()
		return nil, err
	}
	return c, nil
}

// awaken gives the actor its state, its links and its start.
func (c *cell) awaken(ctx context.Context, a Activation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	ck := a.Checkpoint
	if c.own != nil {
		var err error
		if ck, err = c.takeOver(ctx); err != nil {
			return err
		}
	} else if err := c.restore(ck); err != nil {
		return err
	}
	if err := c.connect(a, ck); err != nil {
		return err
	}
	if c.own == nil {
		if err := c.start(); err != nil {
			return err
		}
	}
	c.asleep = false
	c.settleUp()
	return nil
}

// takeOver starts an actor that keeps its own checkpoints, reads the newest and
// writes it back under the new epoch, so that older activations are refused.
func (c *cell) takeOver(ctx context.Context) (flow.Checkpoint, error) {
	if err := c.start(); err != nil {
		return flow.Checkpoint{}, err
	}
	ck, err := c.own.Newest(ctx)
	if err != nil {
		return ck, fmt.Errorf("read its newest checkpoint: %w", err)
	}
	if err := c.restore(ck); err != nil {
		return ck, err
	}
	ck.Actor, ck.Epoch, ck.Version = c.id, c.epoch, c.spec.State
	if err := c.own.Commit(ctx, ck); err != nil {
		return ck, fmt.Errorf("take over its checkpoint: %w", err)
	}
	return ck, nil
}

func (c *cell) restore(ck flow.Checkpoint) error {
	s, ok := c.actor.(flow.Stateful)
	if !ok || ck.State == nil {
		return nil
	}
	if err := s.Restore(ck.Version, ck.State); err != nil {
		return fmt.Errorf("restore state of version %d: %w", ck.Version, err)
	}
	return nil
}

func (c *cell) start() error {
	if s, ok := c.actor.(flow.Starter); ok {
		return s.Start(env{c})
	}
	return nil
}

// key is a link's name in checkpoints.
func (a *Activation) key(l flow.Link) flow.LinkID {
	return flow.LinkID(fmt.Sprintf("%s #%d", l.ID(), a.Lives[l.ID()]))
}

// connect makes the ends of the links, each where the checkpoint left it.
func (c *cell) connect(a Activation, ck flow.Checkpoint) error {
	for _, l := range a.In {
		id, key := l.ID(), a.key(l)
		c.inEnds = append(c.inEnds, &inEnd{id: id, key: key, link: l, cell: c,
			in: link.RestoreIn(id, c.eng.cfg.Window, ck.Taken[key])})
	}
	outbox := map[flow.LinkID][]flow.Token{}
	for _, t := range ck.Out {
		outbox[t.Link] = append(outbox[t.Link], t.Token)
	}
	for _, l := range a.Out {
		id, key := l.ID(), a.key(l)
		out, err := link.RestoreOut(id, c.eng.cfg.Window, ck.Made[key], ck.Settled[key], outbox[key])
		if err != nil {
			return fmt.Errorf("restore link %s: %w", id, err)
		}
		c.stepped[key] = ck.Made[key]
		if a.Loop[id] {
			c.covers.loop[key] = true
		}
		c.outEnds = append(c.outEnds, &outEnd{id: id, key: key, link: l, cell: c, out: out})
	}
	if len(ck.Taken) > 0 || len(ck.Made) > 0 {
		c.covers.add(cover{ck.Taken, ck.Made})
	}
	var err error
	c.actions, err = bind(c.actor.Actions(), c.inEnds, c.outEnds)
	return err
}

// wake makes the actor look at its actions. It never blocks.
func (c *cell) wake() {
	if c.woken.CompareAndSwap(false, true) {
		c.eng.system.Root.Send(c.pid, wakeUp{})
	}
}

// wakeAt replaces the actor's own timer.
func (c *cell) wakeAt(t time.Time) { c.arm(&c.timer, t) }

// retryAt replaces the timer that looks again after a fault.
func (c *cell) retryAt(t time.Time) { c.arm(&c.retry, t) }

func (c *cell) arm(timer **time.Timer, t time.Time) {
	c.timerMu.Lock()
	defer c.timerMu.Unlock()
	if *timer != nil {
		(*timer).Stop()
	}
	*timer = time.AfterFunc(time.Until(t), c.wake)
}

func (c *cell) disarm() {
	c.timerMu.Lock()
	defer c.timerMu.Unlock()
	for _, t := range []*time.Timer{c.timer, c.retry} {
		if t != nil {
			t.Stop()
		}
	}
}

// turn fires what can fire, up to turnFirings times.
func (c *cell) turn() {
	c.woken.Store(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopping || c.asleep {
		return
	}
	now := time.Now()
	if until, resting := c.health.resting(now); resting {
		c.retryAt(until)
		return
	}
	n := 0
	for n < turnFirings && c.given < stepBytes {
		fired, err := c.fire(now)
		if err != nil {
			c.stumble(err)
			break
		}
		if !fired {
			break
		}
		n++
	}
	if n > 0 {
		c.health.fired(n)
		c.dirty = true
		c.keep()
	}
	if n == turnFirings {
		c.wake()
	}
}

// keep brings the step to whoever keeps it.
func (c *cell) keep() {
	if c.own == nil {
		c.eng.commit.add(c)
		return
	}
	step, ok := c.stepLocked()
	if !ok {
		return
	}
	pause := 10 * time.Millisecond
	for {
		err := c.own.Commit(c.quit, step)
		if err == nil {
			break
		}
		if errors.Is(err, flow.ErrStale) {
			c.eng.ending.Go(c.expire)
			return
		}
		c.health.wait("its checkpoint can't be kept: " + err.Error())
		// This holds up this actor only; nothing has been released.
		select {
		case <-c.quit.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, time.Second)
	}
	c.health.ok()
	c.flying--
	c.committedLocked(step)
}

// fire lets the first action fire that can.
func (c *cell) fire(now time.Time) (fired bool, err error) {
	for i := range c.actions {
		a := &c.actions[i]
		if a.Guard != nil && !a.Guard() {
			continue
		}
		c.firing.Reset(now)
		if !a.ready(&c.firing) {
			continue
		}
		if err := c.call(a); err != nil {
			return false, err
		}
		given := c.firing.Given()
		c.bytes = c.bytes[:0]
		for _, g := range given {
			n, err := weigh(g.Value)
			if err != nil {
				return false, fmt.Errorf("given on out-port %s: %w", a.Out[g.Port], err)
			}
			c.bytes = append(c.bytes, n)
		}
		a.take(now)
		for i, g := range given {
			bytes := c.bytes[i]
			c.given += bytes * len(a.outs[g.Port].ends)
			a.outs[g.Port].offer(flow.Token{Value: g.Value, Source: c.id, Made: now}, bytes)
		}
		return true, nil
	}
	return false, nil
}

// call runs the action; a panic becomes an error.
func (c *cell) call(a *action) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return a.Fire(&c.firing)
}

// stumble is what follows an error: nothing has been taken or given.
func (c *cell) stumble(err error) {
	if errors.Is(err, flow.ErrLater) {
		c.health.wait(err.Error())
		c.retryAt(time.Now().Add(time.Second)) // in case nobody tells that it may go on
		return
	}
	until, first := c.health.fault(err, time.Now())
	if first {
		c.eng.cfg.Log.Error("actor faulted", "actor", c.id, "err", err)
		c.eng.cfg.Event(Event{Actor: c.id, What: "faulted", Why: err.Error()})
	}
	c.retryAt(until)
}

// step is what has changed since the last step; false when nothing has.
func (c *cell) step() (flow.Checkpoint, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stepLocked()
}

func (c *cell) stepLocked() (flow.Checkpoint, bool) {
	if !c.dirty {
		return flow.Checkpoint{}, false
	}
	ck := flow.Checkpoint{Actor: c.id, Epoch: c.epoch, Version: c.spec.State,
		Taken: map[flow.LinkID]uint64{}, Made: map[flow.LinkID]uint64{}, Settled: map[flow.LinkID]uint64{}}
	if s, ok := c.actor.(flow.Stateful); ok {
		state, err := s.Save()
		if err != nil {
			c.stumble(fmt.Errorf("save state: %w", err))
			return flow.Checkpoint{}, false
		}
		if len(state) > stepBytes {
			c.stumble(fmt.Errorf("its state has %d bytes, at most %d can be kept", len(state), stepBytes))
			return flow.Checkpoint{}, false
		}
		ck.State = state
	}
	for _, i := range c.inEnds {
		ck.Taken[i.key] = i.taken()
	}
	for _, o := range c.outEnds {
		o.mu.Lock()
		ck.Made[o.key], ck.Settled[o.key] = o.out.Made(), o.out.SettledTo()
		for _, t := range o.out.Since(c.stepped[o.key]) {
			ck.Out = append(ck.Out, flow.OutToken{Link: o.key, Token: t})
		}
		o.mu.Unlock()
		c.stepped[o.key] = ck.Made[o.key]
	}
	if c.given >= stepBytes {
		c.wake() // it stopped firing for this step's sake
	}
	c.dirty, c.given = false, 0
	c.flying++
	return ck, true
}

// committed releases what the step covers and settles what may be.
func (c *cell) committed(step flow.Checkpoint) {
	c.mu.Lock()
	c.flying--
	c.committedLocked(step)
	c.mu.Unlock()
}

func (c *cell) committedLocked(step flow.Checkpoint) {
	c.coverMu.Lock()
	c.covers.add(cover{step.Taken, step.Made})
	c.coverMu.Unlock()
	for _, o := range c.outEnds {
		o.release(step.Made[o.key])
	}
	if c.flying == 0 && c.landed != nil {
		close(c.landed)
		c.landed = nil
	}
	c.settleUp()
}

// settleUp settles the in-links as far as the covers allow.
func (c *cell) settleUp() {
	c.coverMu.Lock()
	due := c.covers.due(c.settledTo)
	due = maps.Clone(due)
	c.coverMu.Unlock()
	for _, i := range c.inEnds {
		if upto := due[i.key]; upto > 0 {
			i.settle(upto)
		}
	}
}

func (c *cell) settledTo(id flow.LinkID) uint64 {
	for _, o := range c.outEnds {
		if o.key == id {
			return o.settledTo()
		}
	}
	return ^uint64(0) // a link that is no more holds nothing up
}

// expire ends an activation that a newer one has replaced.
func (c *cell) expire() {
	c.eng.cfg.Event(Event{Actor: c.id, What: "stale", Why: "a newer activation runs elsewhere"})
	c.eng.cfg.Log.Info("actor was replaced by a newer activation and stopped", "actor", c.id)
	c.mu.Lock()
	c.stopping, c.dirty, c.flying = true, false, 0
	if c.landed != nil {
		close(c.landed)
		c.landed = nil
	}
	c.mu.Unlock()
	c.eng.ending.Go(func() {
		if err := c.eng.Stop(context.Background(), c.id); err != nil {
			c.eng.cfg.Log.Error("replaced actor could not be stopped", "actor", c.id, "err", err)
		}
	})
}

// stop freezes the actor, waits until its last step is kept or ctx ends, and
// halts it.
func (c *cell) stop(ctx context.Context) error {
	defer context.AfterFunc(ctx, c.cancel)()
	c.mu.Lock()
	c.stopping = true
	if c.dirty && c.own == nil {
		c.eng.commit.add(c)
	}
	var landed chan struct{}
	if c.dirty || c.flying > 0 {
		if c.landed == nil {
			c.landed = make(chan struct{})
		}
		landed = c.landed
	}
	c.mu.Unlock()
	var err error
	if landed != nil {
		select {
		case <-landed:
		case <-ctx.Done():
			err = fmt.Errorf("stop %s: its last checkpoint was not kept: %w", c.id, ctx.Err())
		}
	}
	c.halt()
	return err
}

// halt ends the mailbox and the actor's own goroutines.
func (c *cell) halt() {
	c.disarm()
	c.cancel()
	c.eng.system.Root.StopFuture(c.pid).Wait()
	if s, ok := c.actor.(flow.Stopper); ok {
		s.Stop()
	}
}
