package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A committer brings the steps of many actors to the register, one batch at a
// time. As soon as a commit returns, the next carries all that waits: there is
// no timer, and under load the batches grow by themselves.
type committer struct {
	to   Checkpoints
	log  *slog.Logger
	stop context.CancelFunc
	done chan struct{}

	mu      sync.Mutex // guards waiting
	waiting batch
	signal  chan struct{} // holds one: something waits
}

// A batch is steps and whose they are.
type batch struct {
	cells []*cell
	steps []flow.Checkpoint
}

func (b *batch) clear() {
	clear(b.cells)
	clear(b.steps)
	b.cells, b.steps = b.cells[:0], b.steps[:0]
}

// prune leaves out the steps of activations that have ended, which nobody waits
// for: else the answer that they are stale would seem to be about the next
// activation of the same actor.
func (b *batch) prune() {
	n := 0
	for i, c := range b.cells {
		if !c.capsule.Closed() {
			b.cells[n], b.steps[n] = c, b.steps[i]
			n++
		}
	}
	clear(b.cells[n:])
	clear(b.steps[n:])
	b.cells, b.steps = b.cells[:n], b.steps[:n]
}

func newCommitter(to Checkpoints, log *slog.Logger) *committer {
	ctx, stop := context.WithCancel(context.Background())
	m := &committer{to: to, log: log, stop: stop, done: make(chan struct{}), signal: make(chan struct{}, 1)}
	go func() {
		defer close(m.done)
		m.run(ctx)
	}()
	return m
}

func (m *committer) close() {
	m.stop()
	<-m.done
}

// add takes a cell's next step. It makes no other before this one has landed.
func (m *committer) add(c *cell) {
	m.mu.Lock()
	m.waiting.cells = append(m.waiting.cells, c)
	m.waiting.steps = append(m.waiting.steps, *c.capsule.Last())
	m.mu.Unlock()
	select {
	case m.signal <- struct{}{}:
	default:
	}
}

func (m *committer) run(ctx context.Context) {
	var b batch
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.signal:
		}
		m.mu.Lock()
		b, m.waiting = m.waiting, b
		m.mu.Unlock()
		b.prune()
		if len(b.steps) == 0 {
			continue
		}
		stale, ok := m.commit(ctx, b.steps)
		if !ok {
			return
		}
		m.land(&b, stale)
		b.clear()
	}
}

func (m *committer) land(b *batch, stale []flow.ActorID) {
	old := make(map[flow.ActorID]bool, len(stale))
	for _, id := range stale {
		old[id] = true
	}
	for _, c := range b.cells {
		if old[c.id] {
			c.expire()
		} else {
			c.arrive()
		}
	}
}

// arrive lets a step land. The next one of an actor that is being stopped, its
// last, comes into the next batch already.
func (c *cell) arrive() {
	if c.stopping.Load() && c.mu.TryLock() {
		defer c.mu.Unlock()
		c.landed()
		c.keep()
		return
	}
	c.landed()
}

// commit offers the steps until they are kept or the engine closes. Nothing is
// lost meanwhile: outputs stay unreleased, windows fill, actors stop firing.
func (m *committer) commit(ctx context.Context, steps []flow.Checkpoint) (stale []flow.ActorID, ok bool) {
	pause := 10 * time.Millisecond
	for failed := false; ; failed = true {
		stale, err := m.to.Commit(ctx, steps)
		if err == nil {
			if failed {
				m.log.Info("checkpoints were committed again", "actors", len(steps))
			}
			return stale, true
		}
		if !failed && ctx.Err() == nil {
			m.log.Info("checkpoints began to wait for the register", "actors", len(steps), "err", err)
		}
		select {
		case <-ctx.Done():
			return nil, false
		case <-time.After(pause):
		}
		pause = min(2*pause, time.Second)
	}
}
