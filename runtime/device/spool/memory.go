package spool

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Memory is a folder of queues in the memory of this process. It is what
// scripts use where there is no node.
type Memory struct {
	mu   sync.Mutex // guards open
	open map[string]*memoryQueue
}

// Queue opens the queue of a name, with what it held.
func (m *Memory) Queue(name string, limit int64) (Queue, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if limit == 0 {
		limit = DefaultLimit
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open == nil {
		m.open = map[string]*memoryQueue{}
	}
	q := &memoryQueue{limit: limit}
	if old := m.open[name]; old != nil {
		old.mu.Lock()
		old.expired, q.entries, q.bytes, q.newest = true, old.entries, old.bytes, old.newest
		old.mu.Unlock()
	}
	m.open[name] = q
	return q, nil
}

type memoryQueue struct {
	limit int64

	mu      sync.Mutex // guards what follows
	expired bool
	entries []entry
	bytes   int64
	newest  flow.Checkpoint
}

func (q *memoryQueue) Push(v flow.Value, at time.Time) error {
	b, err := flow.AppendValue(nil, v)
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	e := entry{at: at.UnixNano(), body: b}
	if len(q.entries) > 0 && q.bytes+e.size() > q.limit {
		return ErrFull
	}
	q.entries = append(q.entries, e)
	q.bytes += e.size()
	return nil
}

func (q *memoryQueue) Crowd(v flow.Value, at time.Time, length int) (removed int, err error) {
	b, err := flow.AppendValue(nil, v)
	if err != nil {
		return 0, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	e := entry{at: at.UnixNano(), body: b}
	for n := len(q.entries); n > 0 && (q.bytes+e.size() > q.limit || length > 0 && n >= length); n-- {
		q.bytes -= q.entries[0].size()
		q.entries = q.entries[1:]
		removed++
	}
	q.entries = append(q.entries, e)
	q.bytes += e.size()
	return removed, nil
}

func (q *memoryQueue) Front() (v flow.Value, at time.Time, ok bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.entries) == 0 {
		return nil, at, false, nil
	}
	v, _, err = flow.ReadValue(q.entries[0].body)
	return v, time.Unix(0, q.entries[0].at), err == nil, err
}

func (q *memoryQueue) Pop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes -= q.entries[0].size()
	q.entries = q.entries[1:]
}

func (q *memoryQueue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.entries)
}

func (q *memoryQueue) Bytes() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes
}

func (q *memoryQueue) Commit(_ context.Context, c flow.Checkpoint) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.expired || c.Epoch < q.newest.Epoch {
		return flow.ErrStale
	}
	q.newest = merge(q.newest, c)
	return nil
}

func (q *memoryQueue) Fence(_ context.Context, actor flow.ActorID, epoch uint64) (flow.Checkpoint, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.expired || epoch < q.newest.Epoch {
		return flow.Checkpoint{}, fmt.Errorf("the buffer is in epoch %d: %w", q.newest.Epoch, flow.ErrStale)
	}
	q.newest.Actor, q.newest.Epoch = actor, epoch
	return merge(q.newest, q.newest), nil
}

func (q *memoryQueue) Close() error { return nil }
