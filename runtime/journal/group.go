package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A request is something to be kept: do decides, on top of all requests before
// it, and writes what is to stand on disk. It changes nothing when it returns an
// error.
type request struct {
	do   func(*change) error
	done chan struct{} // closed when err is there
	err  error
}

// A change is what a group of requests makes of the actors. Nothing of it has
// happened before its record is on disk.
type change struct {
	kept   map[flow.ActorID]whole
	fresh  map[flow.ActorID]whole
	gone   map[flow.ActorID]bool
	record []byte
}

func (c *change) get(id flow.ActorID) (whole, bool) {
	if c.gone[id] {
		return whole{}, false
	}
	if w, ok := c.fresh[id]; ok {
		return w, true
	}
	w, ok := c.kept[id]
	return w, ok
}

func (c *change) put(id flow.ActorID, w whole) {
	delete(c.gone, id)
	c.fresh[id] = w
}

func (c *change) drop(id flow.ActorID) {
	delete(c.fresh, id)
	c.gone[id] = true
}

// submit has a request done, with all others that wait. Whoever comes while the
// disk is busy waits for it, and one of those writes for all of them.
func (j *Journal) submit(ctx context.Context, do func(*change) error) error {
	r := &request{do: do, done: make(chan struct{})}
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return ErrClosed
	}
	j.waiting = append(j.waiting, r)
	j.mu.Unlock()
	select {
	case j.turn <- struct{}{}:
		j.flush()
		<-j.turn
	case <-r.done:
	case <-ctx.Done():
		if j.withdraw(r) {
			return ctx.Err()
		}
	}
	<-r.done // at most the disk is waited for
	return r.err
}

// withdraw takes a request back that nobody has begun with.
func (j *Journal) withdraw(r *request) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := slices.Index(j.waiting, r)
	if n < 0 {
		return false
	}
	j.waiting = slices.Delete(j.waiting, n, n+1)
	return true
}

// flush does all requests that wait. The caller has the turn.
func (j *Journal) flush() {
	j.mu.Lock()
	group := j.waiting
	j.waiting = nil
	closed := j.closed
	j.mu.Unlock()
	if len(group) == 0 {
		return
	}
	c := change{kept: j.actors, fresh: map[flow.ActorID]whole{}, gone: map[flow.ActorID]bool{}}
	for _, r := range group {
		if closed {
			r.err = ErrClosed
		} else {
			r.err = r.do(&c)
		}
	}
	err := j.write(&c)
	for _, r := range group {
		if r.err == nil {
			r.err = err
		}
		close(r.done)
	}
}

// write brings a change to the disk, and only then makes it so.
func (j *Journal) write(c *change) error {
	if len(c.record) == 0 {
		return nil
	}
	if err := j.makeRoom(int64(len(c.record))); err != nil {
		return err
	}
	if _, err := j.log.Append(c.record); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.commits++
	for id := range c.gone {
		j.freed += j.actors[id].holds()
		delete(j.actors, id)
	}
	for id, w := range c.fresh {
		j.freed += max(0, j.actors[id].holds()-w.holds())
		j.actors[id] = w
	}
	return nil
}

// ErrFull reports a journal that has reached its bound. It is lifted as soon as
// tokens are settled or actors forgotten.
var ErrFull = errors.New("the journal is full")

// slack is how many bytes of the log may be waste before it is written anew.
const slack = 4 << 20

// makeRoom writes the log anew when most of it is waste, or when it would grow
// beyond its bound.
func (j *Journal) makeRoom(more int64) error {
	waste := j.log.Size() - j.live
	full := j.log.Size()+more > j.limit
	// In a full journal waste alone says little: what is settled is waste, too.
	if waste > slack && waste > j.live || full && (waste > j.limit/16 || j.freed > j.held/16) {
		// What can't be written anew now, for a full disk, say, can be appended
		// to all the same.
		if err := j.compact(); err != nil && j.log.Size()+more > j.limit {
			return err
		}
	}
	if j.log.Size()+more > j.limit {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrFull, j.log.Size()+more, j.limit)
	}
	return nil
}

// compact writes all there is of each actor into a new log.
func (j *Journal) compact() error {
	var b []byte
	err := j.log.Replace(func(add func([]byte) error) error {
		for _, id := range slices.Sorted(maps.Keys(j.actors)) {
			var err error
			if b, err = appendWhole(b[:0], id, j.actors[id]); err != nil {
				return err
			}
			if err := add(b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.live, j.freed, j.held = j.log.Size(), 0, 0
	for _, w := range j.actors {
		j.held += w.holds()
	}
	return nil
}
