package spool

import (
	"context"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Memory is a folder of queues in the memory of this process. It is what
// scripts use where there is no node.
type Memory struct {
	mu   sync.Mutex // guards open
	open map[string]*memoryQueue
}

// Queue opens the queue of a name, with what it held.
func (m *Memory) Queue(id string) (Queue, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open == nil {
		m.open = map[string]*memoryQueue{}
	}
	q := &memoryQueue{}
	if old := m.open[id]; old != nil {
		old.mu.Lock()
		old.expired, q.batches, q.bytes, q.newest = true, old.batches, old.bytes, old.newest
		old.mu.Unlock()
	}
	m.open[id] = q
	return q, nil
}

type memoryQueue struct {
	mu      sync.Mutex // guards what follows
	expired bool
	batches [][]byte
	bytes   int64
	newest  flow.Checkpoint
}

func (q *memoryQueue) Push(batch []flow.Value) error {
	b, err := flow.AppendValue(nil, batch)
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.bytes+int64(len(b)) > DefaultLimit {
		return ErrFull
	}
	q.batches = append(q.batches, b)
	q.bytes += int64(len(b))
	return nil
}

func (q *memoryQueue) Front() ([]flow.Value, bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.batches) == 0 {
		return nil, false, nil
	}
	batch, err := decode(q.batches[0])
	return batch, err == nil, err
}

func (q *memoryQueue) Pop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes -= int64(len(q.batches[0]))
	q.batches = q.batches[1:]
}

func (q *memoryQueue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.batches)
}

func (q *memoryQueue) Commit(_ context.Context, c flow.Checkpoint) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.expired {
		return flow.ErrStale
	}
	q.newest = merge(q.newest, c)
	return nil
}

func (q *memoryQueue) Newest() flow.Checkpoint {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.newest
}

func (q *memoryQueue) Close() error { return nil }
