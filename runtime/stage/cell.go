package stage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// The pauses after a fault, as on an engine: they double from the first to the
// last. What waits for something else is looked at again after laterPause.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 30 * time.Second
	laterPause = time.Second
)

// The limits of an actor's box of dead letters, as on an engine.
const (
	boxLetters = 100
	boxBytes   = 256 << 10
)

// burst is how often an actor fires at most before somebody else may.
const burst = 8

// A cell is one actor on the stage.
type cell struct {
	stage     *Stage
	node      flow.Node
	typ       flow.Type
	ins, outs []*wire
	raw       []string // in-ports that are fed past their routing
	watched   map[string][]gift

	actor  flow.Actor
	acts   *firing.Actions
	env    *env
	epoch  uint64
	queued bool
	ended  bool // has no actor that runs

	looks   int // within the instant numbered
	instant int

	stopped string    // why it stands still for good
	fault   string    // why its last firing failed
	later   time.Time // when to look again at what can't be decided yet
	pause   time.Duration
	rests   time.Time // until then after a fault
	letters int
	bytes   int // of the letters, about
}

func newCell(s *Stage, n flow.Node, typ flow.Type) *cell {
	return &cell{stage: s, node: n, typ: typ, ended: true, watched: map[string][]gift{}}
}

// queueLength is how many tokens a port's queue holds.
func (c *cell) queueLength(side, port string) int {
	if n, ok := c.node.Ports[side+":"+port]["queue_length"].(int64); ok && n > 0 {
		return int(n)
	}
	return 4
}

// begin makes the actor and starts it; state is what an earlier one saved.
func (c *cell) begin(state []byte) error {
	a, err := c.typ.New(c.node.Args)
	if err != nil {
		return fmt.Errorf("actor %s: %w", c.node.ID, err)
	}
	c.actor, c.ended = a, false
	c.env = newEnv(c)
	c.epoch++
	if err := c.bind(); err != nil {
		return fmt.Errorf("actor %s: %w", c.node.ID, err)
	}
	if own, ok := a.(flow.Committer); ok {
		err = c.takeOver(own)
	} else {
		if state != nil {
			err = a.(flow.Stateful).Restore(c.typ.Spec.State, state)
		}
		if err == nil {
			err = c.start()
		}
	}
	if err != nil {
		return fmt.Errorf("start actor %s: %w", c.node.ID, err)
	}
	c.rouse()
	return nil
}

// bind joins the actor to its wires.
func (c *cell) bind() error {
	cfg := firing.Config{Actor: c.actor, Spec: &c.typ.Spec, Node: c.node, Box: c, Seed: c.stage.cfg.Seed}
	for _, port := range c.raw {
		ports := map[string]map[string]any{}
		for k, v := range cfg.Node.Ports {
			ports[k] = v
		}
		ports["in:"+port] = map[string]any{"routing": "default"}
		cfg.Node.Ports = ports
	}
	for _, w := range c.ins {
		cfg.In = append(cfg.In, firing.InLink{Link: w.link, End: w})
	}
	for _, w := range c.outs {
		cfg.Out = append(cfg.Out, firing.OutLink{Link: w.link, End: w})
	}
	if len(c.watched) > 0 {
		cfg.Given = func(port string, v flow.Value) {
			if vs, ok := c.watched[port]; ok {
				c.stage.gifts++
				c.watched[port] = append(vs, gift{c.stage.gifts, v})
			}
		}
	}
	var err error
	c.acts, err = firing.Bind(cfg)
	return err
}

func (c *cell) start() error {
	if s, ok := c.actor.(flow.Starter); ok {
		return s.Start(c.env)
	}
	return nil
}

// takeOver starts an actor that keeps its own checkpoints.
func (c *cell) takeOver(own flow.Committer) error {
	if err := c.start(); err != nil {
		return err
	}
	ck, err := own.Fence(context.Background(), c.epoch)
	if err != nil {
		return fmt.Errorf("take over its checkpoint: %w", err)
	}
	if s, ok := c.actor.(flow.Stateful); ok && ck.State != nil {
		if err := s.Restore(ck.Version, ck.State); err != nil {
			return err
		}
	}
	return c.commit(own)
}

// commit lets an actor that keeps its own checkpoints keep one.
func (c *cell) commit(own flow.Committer) error {
	ck := flow.Checkpoint{Actor: c.node.ID, Epoch: c.epoch, Version: c.typ.Spec.State, Taken: map[flow.LinkID]uint64{}}
	if s, ok := c.actor.(flow.Stateful); ok {
		state, err := s.Save()
		if err != nil {
			return err
		}
		ck.State = state
	}
	for _, w := range c.ins {
		ck.Taken[w.link.ID()] = w.seq - uint64(w.in.len()+w.out.len())
	}
	return own.Commit(context.Background(), ck)
}

// end stops the actor.
func (c *cell) end() {
	if c.ended {
		return
	}
	c.ended = true
	c.env.close()
	if s, ok := c.actor.(flow.Stopper); ok {
		s.Stop()
	}
}

// rouse makes the stage look at the actor.
func (c *cell) rouse() {
	if c.stopped == "" {
		c.stage.queue(c)
	}
}

// do fires what can fire, up to a few times.
func (c *cell) do(s *Stage) bool {
	c.queued = false
	if c.stopped != "" || c.rests.After(s.now) { // a timer looks again
		return false
	}
	fired, most := 0, 1
	if !s.exact {
		most += s.rng.IntN(burst)
	}
	for ; fired < most; fired++ {
		c.look()
		res, err := c.acts.Fire(s.now)
		if err != nil {
			c.stumble(err)
			break
		}
		if res.Fault != nil {
			c.mend(res.Fault)
		}
		if !res.Fired {
			if res.Fault != nil { // its letter has no room
				c.rest(res.Fault)
			}
			break
		}
		c.fault, c.pause, c.rests, c.later = "", 0, time.Time{}, time.Time{}
		s.vain = 0
		s.firings++
	}
	if fired == 0 {
		return false
	}
	if own, ok := c.actor.(flow.Committer); ok {
		if err := c.commit(own); err != nil {
			c.stop("its checkpoint can't be kept: " + err.Error())
		}
	}
	c.rouse()
	return true
}

// look counts how often the actor is looked at within the instant.
func (c *cell) look() {
	if c.instant != c.stage.instant {
		c.instant, c.looks = c.stage.instant, 0
	}
	c.looks++
}

// mend is what follows a fault. What the value of a broken actor is worth nobody
// knows; what it saves may be whole, so another goes on from that. (An engine
// goes on from what it saved before. Here that would mean to save before each
// firing, and a script whose actors panic is not right anyway.)
func (c *cell) mend(fault error) {
	c.stage.cfg.Log.Warn("actor faulted", "actor", c.node.ID, "err", fault)
	if firing.Broken(fault) {
		if err := c.move(); err != nil {
			c.stop(err.Error())
		}
	}
}

// stumble is what follows an error: nothing has been taken or given.
func (c *cell) stumble(err error) {
	switch {
	case errors.Is(err, flow.ErrLater):
		c.fault = err.Error()
		if !c.later.After(c.stage.now) {
			c.later = c.stage.now.Add(laterPause)
			c.stage.timers.add(c.later, c, true)
		}
		return
	case errors.Is(err, firing.ErrLettersFull):
		c.stop(err.Error())
		return
	case c.typ.Spec.Fault == flow.FaultStop:
		c.stop(err.Error())
		return
	}
	c.mend(err)
	c.rest(err)
}

// rest tries again after a pause.
func (c *cell) rest(err error) {
	c.fault = err.Error()
	c.pause = min(max(2*c.pause, firstPause), lastPause)
	c.rests = c.stage.now.Add(c.pause)
	c.stage.timers.add(c.rests, c, true)
}

func (c *cell) stop(why string) {
	c.stopped = why
	c.stage.cfg.Log.Error("actor stopped", "actor", c.node.ID, "err", why)
}

// Full and Keep make the cell the box of its own dead letters.

// Full reports that no letter fits any more.
func (c *cell) Full() bool { return c.letters >= boxLetters || c.bytes >= boxBytes }

// Keep lays a letter into the stage's list.
func (c *cell) Keep(l firing.Letter) {
	v := l.Value(c.node.ID)
	c.letters++
	for _, t := range l.Tokens {
		n, _ := firing.Weigh(t.Token.Value) // a value that can't be weighed is small
		c.bytes += n
	}
	c.stage.letters = append(c.stage.letters, Letter{Actor: c.node.ID, At: l.At, Why: l.Why, Value: v})
	c.stage.cfg.Log.Warn("dead letter", "actor", c.node.ID, "why", l.Why)
}
