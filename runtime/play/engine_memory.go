package play

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// amnesia keeps no checkpoints: a run that moves nobody needs none.
type amnesia struct{}

func (amnesia) Commit(context.Context, []flow.Checkpoint) ([]flow.ActorID, error) { return nil, nil }

func (amnesia) claim(id flow.ActorID) (flow.Checkpoint, error) {
	return flow.Checkpoint{Actor: id, Epoch: 1}, nil
}

// A memory keeps checkpoints as the register does: steps are put together, what
// is settled is dropped, and an older epoch is refused.
type memory struct {
	mu     sync.Mutex // guards actors
	actors map[flow.ActorID]*remembered
}

// A remembered actor is its newest checkpoint, with the tokens by link.
type remembered struct {
	newest flow.Checkpoint // without Out
	out    map[flow.LinkID][]flow.Token
}

func newMemory() *memory { return &memory{actors: map[flow.ActorID]*remembered{}} }

func (m *memory) of(id flow.ActorID) *remembered {
	r := m.actors[id]
	if r == nil {
		r = &remembered{newest: flow.Checkpoint{Actor: id}, out: map[flow.LinkID][]flow.Token{}}
		m.actors[id] = r
	}
	return r
}

// Commit puts steps on top of their actors' checkpoints.
func (m *memory) Commit(_ context.Context, steps []flow.Checkpoint) (stale []flow.ActorID, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range steps {
		r := m.of(steps[i].Actor)
		if steps[i].Epoch < r.newest.Epoch {
			stale = append(stale, steps[i].Actor)
			continue
		}
		r.step(steps[i])
	}
	return stale, nil
}

func (r *remembered) step(s flow.Checkpoint) {
	for _, o := range s.Out {
		r.out[o.Link] = append(r.out[o.Link], o.Token)
	}
	for id, ts := range r.out {
		settled := s.Settled[id]
		n := slices.IndexFunc(ts, func(t flow.Token) bool { return t.Seq > settled })
		if n < 0 {
			n = len(ts)
		}
		r.out[id] = slices.Delete(ts, 0, n)
	}
	s.Taken, s.Made, s.Settled, s.Out = maps.Clone(s.Taken), maps.Clone(s.Made), maps.Clone(s.Settled), nil
	r.newest = s
}

// claim begins the next epoch of an actor. Its checkpoint has gone through the
// bytes in which it travels between nodes.
func (m *memory) claim(id flow.ActorID) (flow.Checkpoint, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(id)
	r.newest.Epoch++
	whole := r.newest
	for _, link := range slices.Sorted(maps.Keys(r.out)) {
		for _, t := range r.out[link] {
			whole.Out = append(whole.Out, flow.OutToken{Link: link, Token: t})
		}
	}
	b, err := flow.AppendCheckpoint(nil, whole)
	if err != nil {
		return flow.Checkpoint{}, err
	}
	ck, rest, err := flow.ReadCheckpoint(b)
	if err != nil || len(rest) > 0 {
		return flow.Checkpoint{}, fmt.Errorf("its checkpoint does not read as it was written: %w", err)
	}
	return ck, nil
}
