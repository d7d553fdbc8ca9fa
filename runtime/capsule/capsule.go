package capsule

import (
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Config is what a capsule needs.
type Config struct {
	Actor   flow.ActorID
	Epoch   uint64 // of the activation
	Version int    // Spec.State of the actor's type
	// Whole says that each step holds every token that is not settled, and that
	// its memory is never used again: for an actor that keeps its own
	// checkpoints. Otherwise a step holds what is new, and is good until the
	// next one.
	Whole bool

	In   []InEnd
	Out  []OutEnd
	Loop []bool // for each of Out, whether it holds up nothing; nil: all hold up
	// Start is where the ends were restored; nil: at the beginning of all links.
	Start *Start

	// Guard is held while the capsule looks at what is kept and settled, and
	// never while an end is called; nil where one goroutine does everything.
	Guard sync.Locker
}

// A Capsule is one activation of an actor, seen from its checkpoints. Step and
// Undo belong to whoever fires the actor; the other methods may be called from
// anywhere, if there is a Guard.
type Capsule struct {
	cfg    Config
	step   *step  // on its way, or the last; nil: its memory was let go
	ledger ledger // guarded by cfg.Guard
}

// A step is a checkpoint and its cover.
type step struct {
	flow.Checkpoint
	cover
}

// New makes the capsule of an activation. The checkpoint that it was restored
// from counts as kept: call [Capsule.Settle] when the links may be settled.
func New(cfg Config) *Capsule {
	if cfg.Guard == nil {
		cfg.Guard = unguarded{}
	}
	if cfg.Loop == nil {
		cfg.Loop = make([]bool, len(cfg.Out))
	}
	c := &Capsule{cfg: cfg, ledger: ledger{loop: cfg.Loop, settled: make([]uint64, len(cfg.Out))}}
	if s := cfg.Start; s != nil {
		copy(c.ledger.settled, s.settled)
		first := cover{taken: make([]uint64, len(cfg.In)), made: make([]uint64, len(cfg.Out))}
		copy(first.taken, s.taken)
		copy(first.made, s.made)
		c.ledger.covers = append(c.ledger.covers, first)
		c.cfg.Start = nil // with the checkpoint, which may be large
	}
	return c
}

type unguarded struct{}

func (unguarded) Lock()   {}
func (unguarded) Unlock() {}

// Begin says that a step sets out; false means that one is on its way, or that
// none will be any more. After true comes [Capsule.Step] and then
// [Capsule.Landed], or [Capsule.Land] when there is no step after all.
func (c *Capsule) Begin() bool {
	c.cfg.Guard.Lock()
	defer c.cfg.Guard.Unlock()
	if c.ledger.flying || c.ledger.closed {
		return false
	}
	c.ledger.flying = true
	return true
}

// Step writes what has changed since the last step, with the actor's state, nil
// for none. What is given and taken from now on is for the next.
func (c *Capsule) Step(state []byte) *flow.Checkpoint {
	if c.step == nil || c.cfg.Whole {
		c.step = &step{Checkpoint: flow.Checkpoint{Actor: c.cfg.Actor, Epoch: c.cfg.Epoch, Version: c.cfg.Version,
			Taken: make(map[flow.LinkID]uint64, len(c.cfg.In)),
			Made:  make(map[flow.LinkID]uint64, len(c.cfg.Out)), Settled: make(map[flow.LinkID]uint64, len(c.cfg.Out))}}
	}
	s := c.step
	s.State = state
	places := make([]uint64, len(c.cfg.In)+len(c.cfg.Out))
	s.cover = cover{taken: places[:len(c.cfg.In)], made: places[len(c.cfg.In):]}
	for n, i := range c.cfg.In {
		key, taken := i.Place()
		s.taken[n] = taken
		if taken > 0 {
			s.Taken[key] = taken
		}
	}
	for n, o := range c.cfg.Out {
		var p Place
		p, s.Out = o.Place(s.Out, c.cfg.Whole)
		s.made[n] = p.Made
		if p.Made > 0 {
			s.Made[p.Key], s.Settled[p.Key] = p.Made, p.Settled
		}
	}
	return &s.Checkpoint
}

// Last is the step that is on its way. Only whoever brings it may look at it.
func (c *Capsule) Last() *flow.Checkpoint { return &c.step.Checkpoint }

// Landed says that the step is kept: what it covers is released, and settled is
// what may be. [Capsule.Land] comes after it.
func (c *Capsule) Landed() {
	for n, o := range c.cfg.Out {
		o.Release(c.step.made[n])
	}
	if !c.cfg.Whole {
		clear(c.step.Out) // an idle actor holds no tokens that others have long forgotten
		c.step.Out = c.step.Out[:0]
	}
	c.cfg.Guard.Lock()
	c.ledger.covers = append(c.ledger.covers, c.step.cover)
	ins, due := c.cfg.In, c.ledger.due()
	c.cfg.Guard.Unlock()
	settle(ins, due)
}

// Rest lets the memory of the step go that has landed: for an actor that has
// nothing more to do, before [Capsule.Land].
func (c *Capsule) Rest() { c.step = nil }

// Land says that no step is on its way any more.
func (c *Capsule) Land() {
	c.cfg.Guard.Lock()
	defer c.cfg.Guard.Unlock()
	c.ledger.flying = false
}

// Flying reports whether a step is on its way.
func (c *Capsule) Flying() bool {
	c.cfg.Guard.Lock()
	defer c.cfg.Guard.Unlock()
	return c.ledger.flying
}

// Close says that no step will set out any more, as the activation is over.
func (c *Capsule) Close() {
	c.cfg.Guard.Lock()
	defer c.cfg.Guard.Unlock()
	c.ledger.flying, c.ledger.closed = false, true
}

// Closed reports whether the capsule was closed.
func (c *Capsule) Closed() bool {
	c.cfg.Guard.Lock()
	defer c.cfg.Guard.Unlock()
	return c.ledger.closed
}

// Settled says that the other end of an out-end has settled tokens up to that
// number: the in-links are settled as far as that allows. An end that is none of
// the capsule's any more changes nothing.
func (c *Capsule) Settled(o OutEnd, upto uint64) {
	c.cfg.Guard.Lock()
	if n := slices.Index(c.cfg.Out, o); n >= 0 {
		c.ledger.settle(n, upto)
	}
	ins, due := c.cfg.In, c.ledger.due()
	c.cfg.Guard.Unlock()
	settle(ins, due)
}

// Settle settles the in-links as far as the kept checkpoints allow.
func (c *Capsule) Settle() {
	c.cfg.Guard.Lock()
	ins, due := c.cfg.In, c.ledger.due()
	c.cfg.Guard.Unlock()
	settle(ins, due)
}

func settle(ins []InEnd, due []uint64) {
	for n, upto := range due {
		if upto > 0 {
			ins[n].Settle(upto)
		}
	}
}

// Undo takes back what the actor took and gave since its last step, as those
// firings have not happened. Nothing of it was released.
func (c *Capsule) Undo() {
	for _, i := range c.cfg.In {
		i.Undo()
	}
	for _, o := range c.cfg.Out {
		o.Undo()
	}
}

// Unsettled is how many kept checkpoints wait for what they gave to be settled.
func (c *Capsule) Unsettled() int {
	c.cfg.Guard.Lock()
	defer c.cfg.Guard.Unlock()
	return len(c.ledger.covers)
}
