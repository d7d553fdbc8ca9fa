package control

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A frame is one snapshot, encoded once for all viewers.
type frame struct {
	seq    uint64 // from 1, no gaps
	data   []byte // one line
	failed bool   // data says why there is no snapshot
}

// A hub takes snapshots while anybody watches and hands each viewer the newest
// one. A viewer has room for one frame: a newer one takes the place of what it
// has not fetched yet, and is counted as skipped.
type hub struct {
	every  time.Duration // between snapshots, at least
	most   int           // viewers
	take   func(context.Context) ([]byte, error)
	failed func(error) []byte // what to show in its place

	mu      sync.Mutex // guards all below
	viewers map[*viewer]bool
	newest  frame
	wake    chan struct{} // room for one: somebody came to an empty room
	closed  bool
}

type viewer struct {
	hub     *hub
	ready   chan struct{} // room for one: there is a frame, or the hub has closed
	waiting *frame        // guarded by hub.mu
	skipped uint64        // guarded by hub.mu; since the last frame fetched
}

var (
	errFull   = errors.New("too many viewers")
	errClosed = errors.New("the node is stopping")
)

func newHub(every time.Duration, most int, take func(context.Context) ([]byte, error), failed func(error) []byte) *hub {
	return &hub{every: every, most: most, take: take, failed: failed, viewers: map[*viewer]bool{}, wake: make(chan struct{}, 1)}
}

// run takes snapshots until ctx is done.
func (h *hub) run(ctx context.Context) {
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
		if data, err := h.take(ctx); err == nil {
			h.publish(data, false)
		} else if ctx.Err() == nil {
			h.publish(h.failed(err), true)
		}
		pause.Reset(h.every)
	}
}

func (h *hub) empty() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.viewers) == 0
}

func (h *hub) publish(data []byte, failed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.newest = frame{seq: h.newest.seq + 1, data: data, failed: failed}
	for v := range h.viewers {
		v.put(h.newest)
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for v := range h.viewers {
		v.signal()
	}
}

// join lets a viewer in, who has seen the snapshots up to number last (0: none).
func (h *hub) join(last uint64) (*viewer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errClosed
	}
	if len(h.viewers) >= h.most {
		return nil, errFull
	}
	v := &viewer{hub: h, ready: make(chan struct{}, 1)}
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
func (v *viewer) put(f frame) {
	if v.waiting != nil {
		v.skipped++
	}
	v.waiting = &f
	v.signal()
}

func (v *viewer) signal() {
	select {
	case v.ready <- struct{}{}:
	default:
	}
}

// next fetches the newest frame after ready, and how many were skipped before
// it. A frame with number 0 is none: wait again. When the hub has closed and
// all is fetched, it reports false.
func (v *viewer) next() (f frame, skipped uint64, open bool) {
	v.hub.mu.Lock()
	defer v.hub.mu.Unlock()
	if v.waiting == nil {
		return frame{}, 0, !v.hub.closed
	}
	f, skipped = *v.waiting, v.skipped
	v.waiting, v.skipped = nil, 0
	return f, skipped, true
}

// leave ends the viewing.
func (v *viewer) leave() {
	v.hub.mu.Lock()
	defer v.hub.mu.Unlock()
	delete(v.hub.viewers, v)
}
