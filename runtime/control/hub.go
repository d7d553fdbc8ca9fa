package control

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A frame is one snapshot, or why there is none. It is encoded when the first
// viewer wants it, once for all.
type frame[T any] struct {
	seq    uint64 // from 1, no gaps
	now    T
	base   uint64 // number of the last frame before it that had a snapshot; 0: none
	before T      // that one's
	failed []byte // why there is no snapshot; nil: there is one

	mu             sync.Mutex // guards what follows
	whole, changes []byte     // nil: not encoded yet
}

// An event is what a viewer is sent.
type event struct {
	name string // "snapshot", "changes" or "problem"; "": nothing, wait again
	seq  uint64
	data []byte // one line
}

// A source is what a hub shows: where it takes it from, and how it is written.
type source[T any] struct {
	take    func(context.Context) (T, error)
	whole   func(T) ([]byte, error)
	changes func(before, now T) []byte
	failed  func(error) []byte // what to show when there is no snapshot
}

// A hub takes snapshots while anybody watches and hands each viewer the newest
// one, or only what changed since the one before, if the viewer has that and wants
// it so. A viewer has room for one frame: a newer one takes the place of what it
// has not fetched yet, which is counted as skipped, and the viewer gets the newest
// whole.
type hub[T any] struct {
	name  string        // in the ids of its events: what changed is no use to who saw another's
	every time.Duration // between snapshots, at least
	most  int           // viewers
	from  source[T]

	mu      sync.Mutex // guards all below
	viewers map[*viewer[T]]bool
	newest  *frame[T]
	good    *frame[T]     // the newest that has a snapshot, or nil
	wake    chan struct{} // room for one: somebody came to an empty room
	closed  bool
}

type viewer[T any] struct {
	hub     *hub[T]
	brief   bool          // wants changes where it can
	ready   chan struct{} // room for one: there is a frame, or the hub has closed
	waiting *frame[T]     // guarded by hub.mu
	skipped uint64        // guarded by hub.mu; since the last frame fetched
	has     uint64        // number of the last snapshot it fetched; owned by who calls next
}

var (
	errFull   = errors.New("too many viewers")
	errClosed = errors.New("the node is stopping")
)

func newHub[T any](name string, every time.Duration, most int, from source[T]) *hub[T] {
	return &hub[T]{name: name, every: every, most: most, from: from, viewers: map[*viewer[T]]bool{}, newest: &frame[T]{}, wake: make(chan struct{}, 1)}
}

// run takes snapshots until ctx is done.
func (h *hub[T]) run(ctx context.Context) {
	defer h.close()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		for h.empty() {
			select {
			case <-ctx.Done():
				return
			case <-h.wake:
			}
		}
		// The pause is counted from the end: a slow backend is not pressed.
		if now, err := h.from.take(ctx); err == nil {
			h.publish(&frame[T]{now: now})
		} else if ctx.Err() == nil {
			h.publish(&frame[T]{failed: h.from.failed(err)})
		}
		pause.Reset(h.every)
	}
}

func (h *hub[T]) empty() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.viewers) == 0
}

func (h *hub[T]) publish(f *frame[T]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f.seq = h.newest.seq + 1
	if f.failed == nil {
		if h.good != nil {
			f.base, f.before = h.good.seq, h.good.now
		}
		h.good = f
	}
	h.newest = f
	for v := range h.viewers {
		v.put(f)
	}
}

func (h *hub[T]) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for v := range h.viewers {
		v.signal()
	}
}

// join lets a viewer in, who has seen the snapshots up to number last (0: none).
// A brief one gets changes where it can.
func (h *hub[T]) join(last uint64, brief bool) (*viewer[T], error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	if len(h.viewers) >= h.most {
		return nil, errFull
	}
	v := &viewer[T]{hub: h, brief: brief, has: last, ready: make(chan struct{}, 1)}
	if last > 0 && last < h.newest.seq {
		v.skipped = h.newest.seq - last
	}
	if len(h.viewers) == 0 {
		select {
		case h.wake <- struct{}{}:
		default:
		}
	} else if h.newest.seq > last {
		if v.skipped > 0 {
			v.skipped-- // the newest is not skipped
		}
		v.put(h.newest)
	}
	h.viewers[v] = true
	return v, nil
}

// put gives the viewer a frame. hub.mu is held.
func (v *viewer[T]) put(f *frame[T]) {
	if v.waiting != nil {
		v.skipped++
	}
	v.waiting = f
	v.signal()
}

func (v *viewer[T]) signal() {
	select {
	case v.ready <- struct{}{}:
	default:
	}
}

// next fetches the newest frame after ready, and how many were skipped before
// it. When the hub has closed and all is fetched, it reports false.
func (v *viewer[T]) next() (e event, skipped uint64, open bool) {
	v.hub.mu.Lock()
	f := v.waiting
	skipped, open = v.skipped, !v.hub.closed
	if f != nil {
		v.waiting, v.skipped = nil, 0
	}
	v.hub.mu.Unlock()
	if f == nil {
		return event{}, 0, open
	}
	return v.event(f), skipped, true
}

func (v *viewer[T]) event(f *frame[T]) event {
	f.mu.Lock()
	defer f.mu.Unlock()
	from := &v.hub.from
	if f.failed == nil && v.brief && f.base > 0 && f.base == v.has {
		if f.changes == nil {
			f.changes = from.changes(f.before, f.now)
		}
		v.has = f.seq
		return event{"changes", f.seq, f.changes}
	}
	if f.failed == nil && f.whole == nil {
		var err error
		if f.whole, err = from.whole(f.now); err != nil {
			f.failed = from.failed(err)
		}
	}
	if f.failed != nil {
		return event{"problem", f.seq, f.failed}
	}
	v.has = f.seq
	return event{"snapshot", f.seq, f.whole}
}

// leave ends the viewing.
func (v *viewer[T]) leave() {
	v.hub.mu.Lock()
	defer v.hub.mu.Unlock()
	delete(v.hub.viewers, v)
}
