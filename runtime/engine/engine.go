package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Checkpoints is where the steps of actors are kept: the register.
type Checkpoints interface {
	// Commit keeps all steps or returns an error; then the same steps are
	// offered again, and those kept already must do no harm. The actors whose
	// epoch is not the newest any more are returned; the others are kept. The
	// memory of the steps is used again once Commit has returned without an
	// error: what is to be kept of maps and lists is copied. State is not.
	Commit(ctx context.Context, steps []flow.Checkpoint) (stale []flow.ActorID, err error)
}

// What a link may hold when nothing else is said: so many tokens, and no more
// once they are so many bytes. A link to another node is as fast as its window
// is wide, as it waits for what is settled there; and what is held stands in
// checkpoints.
const (
	DefaultWindow = 16384
	DefaultBytes  = 2 << 20
)

// Config is what an engine needs.
type Config struct {
	Types       flow.Types
	Checkpoints Checkpoints
	// Local keeps the checkpoints of local actors ([flow.Node].Local), on this
	// node's disk. Each keeper is waited for apart: one that can't be reached
	// holds up only the actors whose steps it keeps. nil: none run here.
	Local Checkpoints
	Log   *slog.Logger

	// Capability gives what this node offers to an actor under a name.
	Capability func(actor flow.ActorID, name string) (any, error)
	// May, when set, says whether an activation of an exclusive actor may act
	// now. It is asked before each firing, since a lease may end while the
	// process was not running; false: it fires nothing, and asks again soon.
	May func(actor flow.ActorID, epoch uint64) bool
	// Judge says who stands at both ends of a link between two actors of
	// this node, or why they may not be linked.
	Judge func(l flow.Link, from, to flow.Signer) (fromID, toID flow.Identity, err error)
	// Event, when set, is told what changed: an actor faulted, a link refused.
	Event func(Event)

	// Tracer records the ways of tokens; nil: a token's trace is passed on only.
	Tracer firing.Tracer

	Window int // tokens that a link may hold that are not settled; default [DefaultWindow]
	Bytes  int // of them, about, at which it takes no more; default [DefaultBytes]
	// Queue is how many tokens each port's own queue holds on a link when the
	// graph does not say: with n at the out-port and m at the in-port a link
	// holds at most n+m tokens that are not taken. Calvin's is 4. Default: only
	// the window counts, as it must where releases wait for commits and links
	// cross hosts.
	Queue int
	Seed  uint64 // of what ports with random routing draw
	// Direct says that Checkpoints is near and answers at once: each actor
	// commits its own steps in its turn. Default: steps are brought there
	// together, from a goroutine of their own.
	Direct bool
}

// An Event is a change that people want to see.
type Event struct {
	Actor flow.ActorID
	Link  flow.LinkID // "" when it is not about a link
	What  string      // "faulted", "stopped", "stale", "hung", "link up", "link refused"
	Why   string
}

func (c *Config) setDefaults() error {
	switch {
	case c.Types == nil:
		return errors.New("engine: Types is missing")
	case c.Checkpoints == nil:
		return errors.New("engine: Checkpoints is missing")
	case c.Judge == nil:
		return errors.New("engine: Judge is missing")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Capability == nil {
		c.Capability = func(_ flow.ActorID, name string) (any, error) {
			return nil, fmt.Errorf("this node offers no capability %s", name)
		}
	}
	if c.Event == nil {
		c.Event = func(Event) {}
	}
	if c.Window == 0 {
		c.Window = DefaultWindow
	}
	if c.Bytes == 0 {
		c.Bytes = DefaultBytes
	}
	return nil
}

// An Engine runs the actors of one node. Its methods may be called from any
// goroutine.
type Engine struct {
	cfg    Config
	system *actor.ActorSystem
	boxes  *mailboxes
	names  names
	pool   sync.Pool      // of *firing.Scratch, one for each turn that goes on
	commit *committer     // of Checkpoints
	local  *committer     // of Local; nil without
	ending sync.WaitGroup // activations that are being stopped
	moves  atomic.Uint64  // counts what AtRest must notice

	mu    sync.Mutex            // guards what follows; never held while an actor runs
	types map[string]*flow.Type // those in use
	cells map[flow.ActorID]*cell
	outs  map[flow.LinkID]*outEnd
	ins   map[flow.LinkID]*inEnd
	hung  map[*cell]bool // left behind, as they did not end in time
}

// New makes an engine with no actors. Close ends it.
func New(cfg Config) (*Engine, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	quiet := slog.New(slog.DiscardHandler) // its chatter says nothing about our actors
	e := &Engine{
		cfg:    cfg,
		system: actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return quiet })),
		types:  map[string]*flow.Type{},
		cells:  map[flow.ActorID]*cell{},
		outs:   map[flow.LinkID]*outEnd{},
		ins:    map[flow.LinkID]*inEnd{},
		hung:   map[*cell]bool{},
	}
	e.boxes = newMailboxes(e.system)
	e.pool.New = func() any { return new(firing.Scratch) }
	e.commit = newCommitter(cfg.Checkpoints, cfg.Log)
	if cfg.Local != nil {
		e.local = newCommitter(cfg.Local, cfg.Log.With("keeper", "local"))
	}
	return e, nil
}

// An Activation is an actor that begins to run here.
type Activation struct {
	Actor      flow.Node
	Epoch      uint64
	Checkpoint flow.Checkpoint // whole, as the register has it; zero: begins anew
	In, Out    []flow.Link
	Loop       map[flow.LinkID]bool // links that lie in a feedback loop
	// Lives tell a link from an earlier one of the same name; the checkpoint
	// keeps them apart. A link that is taken out of an application and put in
	// again, or whose application is, begins at number 1.
	Lives  map[flow.LinkID]uint64
	Signer flow.Signer // whom it speaks as
}

// ErrRunning reports an actor that runs here already.
var ErrRunning = errors.New("the actor runs here already")

// Start makes the actor, gives it its state back and lets it fire. Links
// between actors of this node are joined as soon as both ends are here; links
// to other nodes wait for [Engine.Up].
func (e *Engine) Start(ctx context.Context, a Activation) error {
	e.mu.Lock()
	typ, ok := e.typ(a.Actor.Type)
	_, running := e.cells[a.Actor.ID]
	e.mu.Unlock()
	if !ok {
		return fmt.Errorf("start %s: this node has no actor type %s", a.Actor.ID, a.Actor.Type)
	}
	if running {
		return fmt.Errorf("start %s: %w", a.Actor.ID, ErrRunning)
	}
	c, err := newCell(ctx, e, typ, a)
	if err != nil {
		return fmt.Errorf("start %s: %w", a.Actor.ID, err)
	}
	e.mu.Lock()
	if _, running := e.cells[c.id]; running {
		e.mu.Unlock()
		c.halt()
		return fmt.Errorf("start %s: %w", c.id, ErrRunning)
	}
	e.cells[c.id] = c
	for _, o := range c.outEnds {
		e.outs[o.id] = o
	}
	for _, i := range c.inEnds {
		e.ins[i.id] = i
	}
	e.mu.Unlock()
	for _, l := range append(append([]flow.Link(nil), a.In...), a.Out...) {
		e.Join(l.ID())
	}
	c.wake()
	return nil
}

// typ is the one copy of an actor type; the caller holds the lock.
func (e *Engine) typ(name string) (*flow.Type, bool) {
	if t := e.types[name]; t != nil {
		return t, true
	}
	t, ok := e.cfg.Types[name]
	if ok {
		e.types[name] = &t
	}
	return &t, ok
}

// Join connects the two ends of a link if both are on this node, in the same
// life of the link, and the judge allows it. It reports whether the link is up. Joining again is harmless.
func (e *Engine) Join(id flow.LinkID) bool {
	e.mu.Lock()
	out, in := e.outs[id], e.ins[id]
	e.mu.Unlock()
	if out == nil || in == nil || out.out.Key != in.in.Key {
		return false // of two lives of the link, the older end has yet to end
	}
	if out.local() == in {
		return true
	}
	fromID, toID, err := e.cfg.Judge(out.joins(), *out.cell.signer.Load(), *in.cell.signer.Load())
	if err != nil {
		e.part(out, in, err)
		return false
	}
	in.up(fromID, localBack{out})
	out.up(toID, in)
	return true
}

// Running are the actors that run here, with the epoch of each.
func (e *Engine) Running() map[flow.ActorID]uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := make(map[flow.ActorID]uint64, len(e.cells))
	for id, c := range e.cells {
		m[id] = c.epoch
	}
	return m
}

// Signer is whom an actor that runs here speaks as.
func (e *Engine) Signer(id flow.ActorID) (flow.Signer, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	c, ok := e.cells[id]
	if !ok {
		return flow.Signer{}, false
	}
	return *c.signer.Load(), true
}
