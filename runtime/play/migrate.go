package play

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A mover moves the actors of a site from one engine to the other, one at a
// time, round after round, each round in another order. Without a second engine
// it does nothing.
type mover struct {
	site   *site
	rng    *rand.Rand
	order  []flow.Node // of this round; the last is the next
	rounds int         // begun
	stayed map[flow.ActorID]string
}

// leastRounds is how many rounds a run goes on, even if it is at rest before:
// each actor goes there and comes back.
const leastRounds = 2

// moveEach is the longest pause between two moves.
const moveEach = time.Millisecond

func newMover(s *site) *mover {
	return &mover{site: s, rng: rand.New(rand.NewPCG(s.cfg.Seed, 0x3a6e)), stayed: map[flow.ActorID]string{}}
}

// pause is how long to wait before the next look.
func (m *mover) pause(usual time.Duration) time.Duration {
	if m.site.bridge == nil {
		return usual
	}
	return time.Duration(m.rng.Int64N(int64(moveEach)))
}

// done reports whether there have been enough rounds.
func (m *mover) done() bool {
	return m.site.bridge == nil || m.rounds >= leastRounds && len(m.order) == 0
}

// move moves the next actor, if it may be moved.
func (m *mover) move(ctx context.Context) error {
	if m.site.bridge == nil {
		return nil
	}
	if len(m.order) == 0 {
		m.order = append(m.order, m.site.cfg.Graph.Actors...)
		m.rng.Shuffle(len(m.order), func(i, j int) { m.order[i], m.order[j] = m.order[j], m.order[i] })
		m.rounds++
	}
	if len(m.order) == 0 {
		return nil // a graph of nobody
	}
	a := m.order[len(m.order)-1]
	m.order = m.order[:len(m.order)-1]
	if why := m.site.engines[m.site.at[a.ID]].Held(a.ID); why != "" {
		m.stayed[a.ID] = why
		return nil
	}
	return m.site.move(ctx, a)
}

// move stops an actor with its last checkpoint, shuts its links to the other
// side, and starts it there.
func (s *site) move(ctx context.Context, a flow.Node) error {
	side := s.at[a.ID]
	if err := s.engines[side].Stop(ctx, a.ID); err != nil {
		if ctx.Err() != nil {
			return nil // the run is being interrupted
		}
		// It goes on from the checkpoint before, as after a crash.
		s.cfg.Log.Warn("actor moved without its last checkpoint", "actor", a.ID, "err", err)
	}
	in, out := s.cfg.Graph.LinksOf(a.ID)
	for _, l := range append(in, out...) {
		s.bridge.Shut(l.ID())
	}
	delete(s.at, a.ID)
	if err := s.start(context.WithoutCancel(ctx), a, side.Other()); err != nil {
		return fmt.Errorf("move: %w", err)
	}
	return nil
}
