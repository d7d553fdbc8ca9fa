package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Queue holds batches of values in order. Its owner alone calls it, from one
// goroutine at a time.
type Queue interface {
	// Push adds a batch at the end. ErrFull says that there is no room; it has
	// changed nothing.
	Push(batch []flow.Value) error
	// Front is the oldest batch; ok is false when the queue is empty.
	Front() (batch []flow.Value, ok bool, err error)
	// Pop removes the oldest batch.
	Pop()
	// Len is how many batches there are.
	Len() int
	// Commit makes what was pushed and popped durable, and c with it.
	// [flow.ErrStale] says that the queue was opened anew by somebody else.
	Commit(ctx context.Context, c flow.Checkpoint) error
	// Newest is the newest checkpoint committed, or the zero value.
	Newest() flow.Checkpoint
	// Close ends the use; what was not committed is gone.
	Close() error
}

// ErrFull reports a queue that has reached its bound.
var ErrFull = errors.New("the buffer is full")

// DefaultLimit is how many bytes a queue may hold on disk where nothing else is
// said: some 200,000 readings.
const DefaultLimit = 64 << 20

// Spools are the queues in one folder. One process uses them at a time.
type Spools struct {
	dir   string
	limit int64

	mu   sync.Mutex // guards what follows
	open map[string]*queue
	lock *os.File
}

// Open opens the folder, which is made if it is not there. Limit is in bytes for
// each queue; 0: DefaultLimit.
func Open(dir string, limit int64) (*Spools, error) {
	if limit == 0 {
		limit = DefaultLimit
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, fmt.Errorf("buffers in %s: %w", dir, err)
	}
	return &Spools{dir: dir, limit: limit, open: map[string]*queue{}, lock: lock}, nil
}

// Queue opens the queue of a name. Who had it open before can't commit any more.
func (s *Spools) Queue(id string) (Queue, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.open[id]; old != nil {
		old.expire()
	}
	l, err := openLog(filepath.Join(s.dir, id+".log"))
	if err != nil {
		return nil, fmt.Errorf("buffer %s: %w", id, err)
	}
	q := &queue{log: l, limit: s.limit, id: id}
	s.open[id] = q
	return q, nil
}

// Close closes all queues.
func (s *Spools) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, q := range s.open {
		errs = append(errs, q.Close())
	}
	clear(s.open)
	return errors.Join(append(errs, s.lock.Close())...)
}

// longestID is how many characters the name of a queue may have.
const longestID = 64

func checkID(id string) error {
	if id == "" || len(id) > longestID || strings.ContainsFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}) {
		return fmt.Errorf("buffer %q: want a name of up to %d letters, digits, - and _", id, longestID)
	}
	return nil
}

// A queue is one on disk, with what is not committed yet on top.
type queue struct {
	id    string
	limit int64

	mu      sync.Mutex // guards what follows; expire comes from elsewhere
	log     *log       // nil: closed
	expired bool
	pushed  [][]byte // encoded; not committed yet
	popped  int      // of the log's and then of pushed; not committed yet
	bytes   int64    // of pushed
}

func (q *queue) expire() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expired = true
	if q.log != nil {
		q.log.close()
		q.log = nil
	}
}

var errClosed = errors.New("the buffer is closed")

// Push encodes the batch; a batch beyond a token's size is refused, for nothing
// could take it again.
func (q *queue) Push(batch []flow.Value) error {
	b, err := flow.AppendValue(nil, batch)
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.log == nil {
		return errClosed
	}
	if q.log.held()+q.bytes+int64(len(b)) > q.limit {
		return ErrFull
	}
	q.pushed = append(q.pushed, b)
	q.bytes += int64(len(b))
	return nil
}

func (q *queue) Front() ([]flow.Value, bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.log == nil {
		return nil, false, errClosed
	}
	var b []byte
	n := len(q.log.batches)
	switch {
	case q.popped < n:
		var err error
		if b, err = q.log.read(q.popped); err != nil {
			return nil, false, fmt.Errorf("buffer %s: %w", q.id, err)
		}
	case q.popped-n < len(q.pushed):
		b = q.pushed[q.popped-n]
	default:
		return nil, false, nil
	}
	batch, err := decode(b)
	if err != nil {
		return nil, false, fmt.Errorf("buffer %s: %w", q.id, err)
	}
	return batch, true, nil
}

func decode(b []byte) ([]flow.Value, error) {
	v, rest, err := flow.ReadValue(b)
	batch, ok := v.([]any)
	if err != nil || !ok || len(rest) > 0 {
		return nil, errors.New("a batch on disk is none")
	}
	return batch, nil
}

func (q *queue) Pop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.popped++
}

func (q *queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.log == nil {
		return 0
	}
	return len(q.log.batches) + len(q.pushed) - q.popped
}

// Commit writes one record. A batch that was pushed and popped since the last
// one is not written at all.
func (q *queue) Commit(_ context.Context, c flow.Checkpoint) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.expired:
		return flow.ErrStale
	case q.log == nil:
		return errClosed
	}
	n := len(q.log.batches)
	pop, pushed := min(q.popped, n), q.pushed[max(0, q.popped-n):]
	if err := q.log.commit(pop, pushed, merge(q.log.newest, c)); err != nil {
		return fmt.Errorf("buffer %s: %w", q.id, err)
	}
	q.pushed, q.popped, q.bytes = nil, 0, 0
	return nil
}

// merge puts a step on top of a whole checkpoint: tokens given since are added,
// those settled are left out.
func merge(whole, step flow.Checkpoint) flow.Checkpoint {
	last := whole.Made
	all := append([]flow.OutToken(nil), whole.Out...)
	for _, o := range step.Out {
		if o.Token.Seq > last[o.Link] {
			all = append(all, o)
		}
	}
	step.Out = nil
	for _, o := range all {
		if _, lives := step.Made[o.Link]; lives && o.Token.Seq > step.Settled[o.Link] {
			step.Out = append(step.Out, o)
		}
	}
	return step
}

func (q *queue) Newest() flow.Checkpoint {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.log == nil {
		return flow.Checkpoint{}
	}
	return q.log.newest
}

func (q *queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.log == nil {
		return nil
	}
	err := q.log.close()
	q.log = nil
	return err
}
