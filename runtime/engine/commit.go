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
	waiting map[*cell]bool
	signal  chan struct{} // holds one: something waits
}

func newCommitter(to Checkpoints, log *slog.Logger) *committer {
	ctx, stop := context.WithCancel(context.Background())
	m := &committer{to: to, log: log, stop: stop, done: make(chan struct{}),
		waiting: map[*cell]bool{}, signal: make(chan struct{}, 1)}
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

// add says that the cell has fired since its last step.
func (m *committer) add(c *cell) {
	m.mu.Lock()
	m.waiting[c] = true
	m.mu.Unlock()
	select {
	case m.signal <- struct{}{}:
	default:
	}
}

func (m *committer) take() []*cell {
	m.mu.Lock()
	defer m.mu.Unlock()
	cells := make([]*cell, 0, len(m.waiting))
	for c := range m.waiting {
		cells = append(cells, c)
	}
	clear(m.waiting)
	return cells
}

func (m *committer) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.signal:
		}
		var batch []*cell
		var steps []flow.Checkpoint
		for _, c := range m.take() {
			step, ok := c.step()
			if ok {
				batch, steps = append(batch, c), append(steps, step)
			}
		}
		if len(steps) == 0 {
			continue
		}
		stale, ok := m.commit(ctx, steps)
		if !ok {
			return
		}
		old := make(map[flow.ActorID]bool, len(stale))
		for _, id := range stale {
			old[id] = true
		}
		for i, c := range batch {
			if old[c.id] {
				c.expire()
			} else {
				c.committed(steps[i])
			}
		}
	}
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
