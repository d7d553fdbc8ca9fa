package play

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/engine/bridge"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/stage"
)

// queueLength is Calvin's length of a port's queue.
const queueLength = 4

// A site is a script on one engine, or on two between which its actors move.
type site struct {
	cfg     Config
	engines []*engine.Engine
	bridge  *bridge.Bridge // nil: there is one engine
	memory  checkpoints
	loops   map[flow.LinkID]bool
	at      map[flow.ActorID]bridge.Side // where each actor runs
}

// checkpoints is where a site's actors have their checkpoints.
type checkpoints interface {
	engine.Checkpoints
	// claim begins an actor's next epoch and gives its newest checkpoint.
	claim(flow.ActorID) (flow.Checkpoint, error)
}

// runEngines runs a script in real time.
func runEngines(ctx context.Context, cfg Config) (res Result, err error) {
	taken := newRecord(cfg.Graph)
	cfg.Types = taken.types(cfg.Types)
	s, err := newSite(cfg)
	if err != nil {
		return Result{}, err
	}
	defer func() {
		err = errors.Join(err, s.close())
		res.Sinks = taken.all()
	}()
	if err := s.startAll(ctx); err != nil {
		return Result{}, err
	}
	begin := time.Now()
	m := newMover(s)
	ended, err := s.run(ctx, m)
	if err != nil {
		return Result{}, err
	}
	letters, stopped := s.outcome()
	return Result{Ended: fmt.Sprintf("%s after %v", ended, time.Since(begin).Round(time.Millisecond)), Letters: letters, Stopped: stopped, Stayed: m.stayed}, nil
}

func newSite(cfg Config) (*site, error) {
	s := &site{cfg: cfg, memory: amnesia{}, loops: map[flow.LinkID]bool{}, at: map[flow.ActorID]bridge.Side{}}
	for _, l := range cfg.Graph.Links {
		// Nothing outlives this process, so a token has taken effect when its
		// receiver has; links need not wait for each other, as Calvin's don't.
		s.loops[l.ID()] = true
	}
	engines := 1
	if cfg.Migrate {
		engines, s.memory = 2, newMemory()
	}
	var one sync.Mutex // held while the capability is asked for
	for range engines {
		e, err := engine.New(engine.Config{Types: cfg.Types, Checkpoints: s.memory, Log: cfg.Log,
			Capability: func(id flow.ActorID, name string) (any, error) {
				one.Lock()
				defer one.Unlock()
				return cfg.Capability(id, name)
			},
			Judge: func(flow.Link, flow.Signer, flow.Signer) (from, to flow.Identity, err error) { return },
			Queue: queueLength, Seed: cfg.Seed, Direct: true})
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.engines = append(s.engines, e)
	}
	if cfg.Migrate {
		s.bridge = bridge.New(s.engines[bridge.Left], s.engines[bridge.Right])
	}
	return s, nil
}

func (s *site) close() error {
	var err error
	for _, e := range s.engines {
		err = errors.Join(err, e.Close())
	}
	if s.bridge != nil {
		s.bridge.Close()
	}
	return err
}

// startAll starts the actors, in turn on each engine.
func (s *site) startAll(ctx context.Context) error {
	for n, a := range s.cfg.Graph.Actors {
		if err := s.start(ctx, a, bridge.Side(n%len(s.engines))); err != nil {
			return err
		}
	}
	return nil
}

// start starts an actor on one side, from its checkpoint if it has one, and
// opens its links to the other side.
func (s *site) start(ctx context.Context, a flow.Node, side bridge.Side) error {
	ck, err := s.memory.claim(a.ID)
	if err != nil {
		return fmt.Errorf("start %s: %w", a.ID, err)
	}
	in, out := s.cfg.Graph.LinksOf(a.ID)
	err = s.engines[side].Start(ctx, engine.Activation{Actor: a, Epoch: ck.Epoch, Checkpoint: ck, In: in, Out: out, Loop: s.loops})
	if err != nil {
		return err
	}
	s.at[a.ID] = side
	for _, l := range append(in, out...) {
		from, to, across := s.across(l)
		if !across {
			continue
		}
		if err := s.bridge.Open(l.ID(), from); err != nil {
			return fmt.Errorf("start %s on side %d: %w", a.ID, to, err)
		}
	}
	return nil
}

// across reports whether both actors of a link run, on different sides.
func (s *site) across(l flow.Link) (from, to bridge.Side, across bool) {
	from, sends := s.at[l.From.Actor]
	to, takes := s.at[l.To.Actor]
	return from, to, sends && takes && from != to
}

// How often a site looks whether it is at rest: first soon, then seldom.
const (
	firstLook = time.Millisecond
	lastLook  = 20 * time.Millisecond
)

// run waits for the end of the run, and moves actors meanwhile.
func (s *site) run(ctx context.Context, m *mover) (stage.Ending, error) {
	var up <-chan time.Time
	if s.cfg.For > 0 {
		t := time.NewTimer(s.cfg.For)
		defer t.Stop()
		up = t.C
	}
	pause := firstLook
	for {
		look := time.NewTimer(m.pause(pause))
		select {
		case <-ctx.Done():
			look.Stop()
			return stage.Interrupted, nil
		case <-up:
			look.Stop()
			return stage.TimeIsUp, nil
		case <-look.C:
		}
		pause = min(2*pause, lastLook)
		if m.done() && s.atRest() {
			return stage.AtRest, nil
		}
		if err := m.move(ctx); err != nil {
			return "", err
		}
	}
}

// atRest reports whether nothing moves. What sets out on one engine while the
// other is looked at shows in the counts.
func (s *site) atRest() bool {
	var before []uint64
	for range 2 {
		var counts []uint64
		for _, e := range s.engines {
			n, rest := e.AtRest()
			if !rest {
				return false
			}
			counts = append(counts, n)
		}
		if s.bridge != nil && !s.bridge.AtRest() || before != nil && !slices.Equal(before, counts) {
			return false
		}
		before = counts
	}
	return true
}

// outcome is what the actors have to say for themselves: dead letters, oldest
// first, and why some stand.
func (s *site) outcome() (letters []flow.Value, stopped map[flow.ActorID]string) {
	type letter struct {
		at    time.Time
		value flow.Value
	}
	var all []letter
	stopped = map[flow.ActorID]string{}
	for _, e := range s.engines {
		actors, _ := e.Stats()
		for _, a := range actors {
			if a.State == engine.Stopped {
				stopped[a.ID] = a.Why
			}
			ls, err := e.Letters(a.ID)
			if err != nil {
				continue // it has stopped meanwhile
			}
			for _, l := range ls {
				all = append(all, letter{l.At, l.Value(a.ID)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b letter) int { return a.at.Compare(b.at) })
	for _, l := range all {
		letters = append(letters, l.value)
	}
	return letters, stopped
}
