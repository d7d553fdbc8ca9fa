package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/capsule"
	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A cell is one actor running here: its value, its ports and its mailbox.
type cell struct {
	eng    *Engine
	id     flow.ActorID
	epoch  uint64
	typ    *flow.Type // shared by all of its kind
	node   flow.Node
	signer atomic.Pointer[flow.Signer] // shared by those that speak as their node
	post   post

	outEnds []*outEnd // these two change under both locks, of the cell and of the engine
	inEnds  []*inEnd
	box     *box

	keeper *committer // who brings its steps; nil: it keeps them itself

	stopping atomic.Bool // fires no more

	woken atomic.Bool // a wakeUp is in the mailbox
	dirty atomic.Bool // has changed since the last step

	settler bool        // its value is a flow.Settler
	settles atomic.Bool // more was settled than it was told of

	mu        sync.Mutex // held during a turn; guards what follows
	actor     flow.Actor
	asleep    bool           // not started yet
	own       flow.Committer // nil: a keeper has its checkpoints
	actions   *firing.Actions
	now       time.Time // of the turn
	given     int       // bytes given since the last step, about
	moved     bool      // its state may be another than in the last step: for keep to see
	saved     saved     // the state in the last step
	saveAfter time.Time // no step is made before
	wound     uint64    // how many tokens it had taken when it was told to finish, and one
	stepped   time.Time // when the newest step was made
	rare      bool      // it was long after the one before; for whoever lets it land, too
	broken    bool      // its value can't be used: it is made anew before it fires
	paused    bool      // it could fire, but for a step that must be made first
	careful   int       // so many firings still make a step of their own, since one of them panicked

	quit   context.Context // ends when the actor has ended, or stop has waited long enough
	cancel context.CancelFunc

	ending sync.Once // of stop; sets what follows
	ended  chan struct{}
	unkept error // why its last step was not kept

	timer alarm // the actor's own
	retry alarm // after a fault

	capsule *capsule.Capsule // its steps
	flight  flight           // who waits for the one on its way
	health  health
}

// saved is a state as Save wrote it.
type saved struct {
	version int
	state   []byte // nil: none
}

var errLocal = errors.New("it is to keep its checkpoints on its node, and this node has no journal: give it a data folder")

func newCell(ctx context.Context, e *Engine, typ *flow.Type, a Activation) (*cell, error) {
	value, err := typ.New(a.Actor.Args)
	if err != nil {
		return nil, err
	}
	c := &cell{eng: e, id: a.Actor.ID, epoch: a.Epoch, typ: typ, node: a.Actor, actor: value, asleep: true}
	c.signer.Store(e.names.signer(&a.Signer))
	c.timer.ring, c.retry.ring = c.wake, c.wake
	c.health.state = Running
	c.own, _ = value.(flow.Committer)
	_, c.settler = value.(flow.Settler)
	switch {
	case c.own != nil:
	case c.node.Local && e.local == nil:
		return nil, errLocal
	case c.node.Local:
		c.keeper = e.local
	default:
		c.keeper = e.commit
	}
	c.quit, c.cancel = context.WithCancel(context.Background())
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
	} else if err := c.restore(saved{ck.Version, ck.State}); err != nil {
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
	if c.stateful() && ck.State == nil {
		c.dirty.Store(true) // what Start made of it is worth keeping: a timer that was set, say
	}
	c.capsule.Settle()
	return nil
}

// takeOver starts an actor that keeps its own checkpoints, and fences older
// activations off: they may still run, on this node or on another that holds the
// same data, but from here on nothing that they commit is stored.
func (c *cell) takeOver(ctx context.Context) (flow.Checkpoint, error) {
	if err := c.start(); err != nil {
		return flow.Checkpoint{}, err
	}
	ck, err := c.own.Fence(ctx, c.epoch)
	if err != nil {
		return ck, fmt.Errorf("take over its checkpoint in epoch %d: %w", c.epoch, err)
	}
	return ck, c.restore(saved{ck.Version, ck.State})
}

func (c *cell) restore(from saved) error {
	c.saved = from
	s, ok := c.actor.(flow.Stateful)
	if !ok || from.state == nil {
		return nil
	}
	if err := s.Restore(from.version, from.state); err != nil {
		return fmt.Errorf("restore state of version %d: %w", from.version, err)
	}
	return nil
}

func (c *cell) start() error {
	if s, ok := c.actor.(flow.Starter); ok {
		return s.Start(env{c})
	}
	return nil
}

// connect makes the ends of the links, each where the checkpoint left it.
func (c *cell) connect(a Activation, ck flow.Checkpoint) error {
	from := capsule.Read(ck)
	for _, l := range a.In {
		i, err := c.inEnd(l, a.Lives[l.ID()], from)
		if err != nil {
			return err
		}
		c.inEnds = append(c.inEnds, i)
	}
	for _, l := range a.Out {
		o, err := c.outEnd(l, a.Lives[l.ID()], from)
		if err != nil {
			return err
		}
		o.loop = c.apart(a.Loop, o.id)
		c.outEnds = append(c.outEnds, o)
	}
	var err error
	if c.box, err = restoreBox(c.id, from); err != nil {
		return err
	}
	c.capsule = c.newCapsule(from)
	return c.bind()
}

// apart reports whether what is given on an out-link holds up nothing that leads
// here: in a feedback loop, and where the actor itself keeps what it has taken.
func (c *cell) apart(loop map[flow.LinkID]bool, id flow.LinkID) bool {
	return loop[id] || c.typ.Spec.Keeps
}

func (c *cell) inEnd(l flow.Link, life uint64, from *capsule.Start) (*inEnd, error) {
	queue, err := queueLength(c.node, "in", l.To.Port, c.eng.cfg.Queue)
	if err != nil {
		return nil, err
	}
	free := queue == 0
	if free {
		queue = c.eng.cfg.Window
	}
	key := capsule.Key(l.ID(), life)
	id := key[:len(l.ID())] // which is one string with it
	in := from.In(id, key, queue)
	in.Limit(farBytes * max(c.eng.cfg.Bytes, DefaultBytes))
	return &inEnd{id: id, link: l, cell: c, free: free, far: nobody, status: status{peer: nobody}, most: tellAfter(queue), hungry: true, in: in}, nil
}

func (c *cell) outEnd(l flow.Link, life uint64, from *capsule.Start) (*outEnd, error) {
	queue, err := queueLength(c.node, "out", l.From.Port, c.eng.cfg.Queue)
	if err != nil {
		return nil, err
	}
	key := capsule.Key(l.ID(), life)
	id := key[:len(l.ID())]
	window := c.eng.cfg.Window
	if c.typ.Spec.Keeps {
		window = min(window, keptWindow)
	}
	out, err := from.Out(id, key, window)
	if err != nil {
		return nil, err
	}
	out.Queue(queue)
	out.Limit(c.eng.cfg.Bytes)
	return &outEnd{id: id, link: l, cell: c, free: queue == 0, status: status{peer: nobody}, out: out}, nil
}

// keptWindow is how many tokens a link holds whose sender keeps what it has
// taken on its disk: more would stand there twice, in each of its checkpoints.
const keptWindow = 256

// newCapsule joins the ends and the box to one capsule.
func (c *cell) newCapsule(from *capsule.Start) *capsule.Capsule {
	cfg := capsule.Config{Actor: c.id, Epoch: c.epoch, Version: c.typ.Spec.State, Whole: c.own != nil, Start: from, Guard: &c.flight.guard}
	cfg.In, cfg.Out, cfg.Loop = c.covered(c.inEnds, c.outEnds)
	return capsule.New(cfg)
}

// covered are the ends that a step of the actor covers: the box is one of them,
// and holds up nothing.
func (c *cell) covered(inEnds []*inEnd, outEnds []*outEnd) (in []capsule.InEnd, out []capsule.OutEnd, loop []bool) {
	for _, i := range inEnds {
		in = append(in, i)
	}
	for _, o := range outEnds {
		out, loop = append(out, o), append(loop, o.loop)
	}
	return in, append(out, c.box), append(loop, true)
}

// tellAfter is how many tokens an actor takes within a turn before the sender
// hears of it. Short queues are told of when they are empty or the turn ends:
// to be told of each token costs more than the token.
func tellAfter(queue int) int { return max(queue/4, min(queue, 16)) }

// bind finds the ports of the actor's actions.
func (c *cell) bind() (err error) {
	c.settles.Store(true)
	cfg := c.ports()
	for _, i := range c.inEnds {
		cfg.In = append(cfg.In, firing.InLink{Link: i.link, End: i})
	}
	for _, o := range c.outEnds {
		cfg.Out = append(cfg.Out, firing.OutLink{Link: o.link, End: o})
	}
	c.actions, err = firing.Bind(cfg)
	return err
}

// ports is what is bound, but for the links.
func (c *cell) ports() firing.Config {
	return firing.Config{Actor: c.actor, Spec: &c.typ.Spec, Node: c.node, Box: c.box, Seed: c.eng.cfg.Seed, Tracer: c.eng.cfg.Tracer}
}

// wake makes the actor look at its actions. It never blocks.
func (c *cell) wake() {
	if c.woken.CompareAndSwap(false, true) {
		c.eng.moves.Add(1)
		c.post.send(c.eng.boxes, wakeUp{c})
	}
}

// halt ends the actor's own goroutines; it fires no more.
func (c *cell) halt() {
	c.timer.stop()
	c.retry.stop()
	c.cancel()
	c.post.close()
	if s, ok := c.actor.(flow.Stopper); ok {
		s.Stop()
	}
}
