package spool

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/wal"
)

// A Queue holds values in order. Its owner alone calls it, from one goroutine at
// a time.
type Queue interface {
	// Push adds a value at the end, which came at that time. [ErrFull] and
	// [ErrDisk] say that there is no room; it has changed nothing. A queue that
	// is empty is not full, however large the value.
	Push(v flow.Value, at time.Time) error
	// Crowd is Push for who would rather lose the oldest: it removes as many as
	// it must, and says how many. At most length values wait then; 0: only bytes
	// count. With an error it has changed nothing.
	Crowd(v flow.Value, at time.Time, length int) (removed int, err error)
	// Front is the oldest value and when it came; ok is false when the queue is
	// empty.
	Front() (v flow.Value, at time.Time, ok bool, err error)
	// Pop removes what Front has shown.
	Pop()
	// Len is how many values wait.
	Len() int
	// Bytes is how many bytes they take on disk, or will.
	Bytes() int64
	// Commit makes what was pushed and popped durable, and c with it, whose Out
	// may hold all tokens or only those given since the last. [flow.ErrStale]
	// says that the queue was opened anew by somebody else or is in a later
	// epoch. After an error nothing is durable, and the same may be tried again.
	Commit(ctx context.Context, c flow.Checkpoint) error
	// Fence begins an epoch, as [flow.Committer] says. Nothing may be pushed or
	// popped before.
	Fence(ctx context.Context, actor flow.ActorID, epoch uint64) (flow.Checkpoint, error)
	// Close ends the use; what was not committed is gone.
	Close() error
}

// What Push refuses for.
var (
	// ErrFull reports a queue that has reached its bound: popping makes room.
	ErrFull = errors.New("the buffer is full")
	// ErrDisk reports a disk that others have filled: there is room when they
	// have taken something away.
	ErrDisk = errors.New("the disk is nearly full")
)

// A queue is one on disk, with what is not committed yet on top.
type queue struct {
	name  string
	limit int64
	disk  wal.Disk
	end   func() error // closes the folder; nil: it is somebody else's

	mu      sync.Mutex // guards what follows; expire comes from elsewhere
	segs    *segments  // nil: closed
	expired bool

	// What is not committed.
	fresh  []entry // pushed
	popped uint64  // of the disk's and then of fresh
	freed  int64   // bytes of those
	bytes  int64   // of fresh

	front entry // the oldest, if it has been looked at
	shown bool

	checked int // pushes since the disk was asked for room
}

func openQueue(disk wal.Disk, name string, limit int64) (*queue, error) {
	segs, err := openSegments(disk)
	if err != nil {
		return nil, err
	}
	return &queue{name: name, limit: limit, disk: disk, segs: segs}, nil
}

// expire ends the use by its owner, who hears of it at the next Commit.
func (q *queue) expire() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expired = true
	return q.close()
}

func (q *queue) ended() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.segs == nil
}

var errClosed = errors.New("the buffer is closed")

// Push is [Queue]'s. A value beyond a token's size is refused, for nothing could
// take it again.
func (q *queue) Push(v flow.Value, at time.Time) error {
	b, err := flow.AppendValue(nil, v)
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.segs == nil {
		return errClosed
	}
	e := entry{at: at.UnixNano(), body: b}
	if err := q.checkDisk(e.size()); err != nil {
		return err
	}
	if q.size() > 0 && q.held()+e.size() > q.limit {
		return ErrFull
	}
	q.add(e)
	return nil
}

func (q *queue) add(e entry) {
	q.fresh = append(q.fresh, e)
	q.bytes += e.size()
}

// Crowd is [Queue]'s.
func (q *queue) Crowd(v flow.Value, at time.Time, length int) (removed int, err error) {
	b, err := flow.AppendValue(nil, v)
	if err != nil {
		return 0, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.segs == nil {
		return 0, errClosed
	}
	e := entry{at: at.UnixNano(), body: b}
	if err := q.checkDisk(e.size()); err != nil {
		return 0, err
	}
	popped, freed := q.popped, q.freed
	for q.size() > 0 && (q.held()+e.size() > q.limit || length > 0 && q.size() >= length) {
		if _, err := q.look(); err != nil {
			q.popped, q.freed, q.shown = popped, freed, false
			q.segs.cursor.seek(q.segs, q.segs.list[0].number, 0)
			return 0, err
		}
		q.pop()
		removed++
	}
	q.add(e)
	return removed, nil
}

// spare is how much of a disk is left to others, who could not even take
// anything away without it: popping is writing, too.
const spare = 32 << 20

// checkDisk asks the disk from time to time.
func (q *queue) checkDisk(more int64) error {
	if q.checked--; q.checked > 0 && more < spare/64 {
		return nil
	}
	free, all, err := q.disk.Free()
	if err != nil {
		return err
	}
	if free-q.bytes-more < min(spare, all/8) {
		return fmt.Errorf("%w: %d bytes are left", ErrDisk, free)
	}
	q.checked = 32
	return nil
}

// Front is [Queue]'s.
func (q *queue) Front() (v flow.Value, at time.Time, ok bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if ok, err = q.look(); !ok || err != nil {
		return nil, at, false, err
	}
	v, rest, err := flow.ReadValue(q.front.body)
	if err == nil && len(rest) > 0 {
		err = errors.New("something follows the value")
	}
	if err != nil {
		return nil, at, false, fmt.Errorf("buffer %s: %w", q.name, err)
	}
	return v, time.Unix(0, q.front.at), true, nil
}

// look makes front the oldest value; false: there is none.
func (q *queue) look() (bool, error) {
	switch {
	case q.segs == nil:
		return false, errClosed
	case q.size() == 0:
		return false, nil
	case q.shown:
		return true, nil
	}
	old := q.segs.last.next() - q.segs.last.head // how many wait on disk, popped ones included
	if q.popped >= old {
		q.front, q.shown = q.fresh[q.popped-old], true
		return true, nil
	}
	e, err := q.segs.cursor.read(q.segs, q.segs.last.head+q.popped)
	if err != nil {
		return false, fmt.Errorf("buffer %s: %w", q.name, err)
	}
	q.front, q.shown = e, true
	return true, nil
}

// Pop is [Queue]'s.
func (q *queue) Pop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.shown {
		panic("spool: Pop of a value that Front has not shown")
	}
	q.pop()
}

func (q *queue) pop() {
	q.popped++
	q.freed += q.front.size()
	q.front, q.shown = entry{}, false
}

// Len is [Queue]'s.
func (q *queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.size()
}

func (q *queue) size() int {
	if q.segs == nil {
		return 0
	}
	return int(q.segs.last.next()-q.segs.last.head) + len(q.fresh) - int(q.popped)
}

// Bytes is [Queue]'s.
func (q *queue) Bytes() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held()
}

func (q *queue) held() int64 {
	if q.segs == nil {
		return 0
	}
	return q.segs.last.bytes + q.bytes - q.freed
}

// Commit writes one record. A value that was pushed and popped since the last
// one is not written at all.
func (q *queue) Commit(_ context.Context, c flow.Checkpoint) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.commit(c)
}

func (q *queue) commit(c flow.Checkpoint) error {
	switch {
	case q.expired:
		return flow.ErrStale
	case q.segs == nil:
		return errClosed
	case c.Epoch < q.segs.newest.Epoch:
		return fmt.Errorf("buffer %s is in epoch %d: %w", q.name, q.segs.newest.Epoch, flow.ErrStale)
	}
	last := q.segs.last
	next := last.next()
	h := head{head: last.head + q.popped, bytes: q.held()}
	h.first = max(h.head, next)
	entries := q.fresh[h.first-next:]
	h.count = uint64(len(entries))
	if err := q.segs.commit(h, entries, c); err != nil {
		return fmt.Errorf("buffer %s: %w", q.name, err)
	}
	q.fresh, q.popped, q.freed, q.bytes = nil, 0, 0, 0
	return nil
}

// Fence is [Queue]'s.
func (q *queue) Fence(_ context.Context, actor flow.ActorID, epoch uint64) (flow.Checkpoint, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.segs == nil {
		return flow.Checkpoint{}, errClosed
	}
	c := q.segs.newest
	if epoch < c.Epoch {
		return flow.Checkpoint{}, fmt.Errorf("buffer %s is in epoch %d: %w", q.name, c.Epoch, flow.ErrStale)
	}
	if c.Actor != actor || c.Epoch != epoch {
		c.Actor, c.Epoch = actor, epoch
		if err := q.commit(c); err != nil {
			return flow.Checkpoint{}, err
		}
	}
	return merge(c, c), nil // a copy
}

// Close is [Queue]'s.
func (q *queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.close()
}

func (q *queue) close() error {
	if q.segs == nil {
		return nil
	}
	err := q.segs.close()
	q.segs = nil
	if q.end != nil {
		err = errors.Join(err, q.end())
	}
	return err
}
