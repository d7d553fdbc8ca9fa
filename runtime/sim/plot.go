package sim

import (
	"slices"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Some things go wrong only when others do at the same time. These bring them
// together around an exclusive actor: the lamp.

// plot is one of them.
func (w *world) plot() {
	n := w.node(app + ":lamp")
	if n == nil {
		return
	}
	switch w.rng.IntN(4) {
	case 0:
		w.snatch(n.h)
	case 1:
		w.coup(n.h)
	case 2:
		w.island(n.h)
	case 3:
		w.oversleep(n.h)
	}
}

// snatch moves the lamp while its host can't hear of it.
func (w *world) snatch(h *host) {
	if w.chance(2) {
		w.freeze(h)
	} else {
		w.isolate([]*host{h}, w.between(time.Second, 5*time.Second))
	}
	w.after(w.between(0, time.Second), nil, func() {
		others := slices.DeleteFunc(w.lamps(), func(o *host) bool { return o == h })
		w.set("pin/"+app+":lamp", []byte(others[w.rng.IntN(len(others))].id))
	})
}

// coup cuts the lamp's host off, drains it, and kills the leader.
func (w *world) coup(h *host) {
	w.isolate([]*host{h}, w.between(2*time.Second, 5*time.Second))
	key := "drain/" + string(h.id)
	w.set(key, []byte("1"))
	w.after(5*time.Second, nil, func() { w.set(key, nil) })
	w.after(w.between(100*time.Millisecond, 900*time.Millisecond), nil, func() {
		if l := w.leader(); l != nil && l != h {
			w.crash(l)
		}
	})
}

// island cuts the lamp's host and the leader off together.
func (w *world) island(h *host) {
	if l := w.leader(); l != nil && l != h {
		w.isolate([]*host{h, l}, w.between(6*time.Second, 9*time.Second))
	}
}

// oversleep stops the lamp's host until it has been given to another.
func (w *world) oversleep(h *host) {
	p := h.run
	if p == nil || p.stopped {
		return
	}
	w.tell("%s: stopped for long", h.id)
	p.pause()
	w.after(w.between(6*time.Second, 9*time.Second), nil, func() {
		if !p.ended {
			w.tell("%s: goes on", h.id)
			p.resume()
		}
	})
}

// lamps are the hosts that have one.
func (w *world) lamps() []*host {
	var all []*host
	for _, h := range w.hosts {
		if h.info.Offers("lamp") {
			all = append(all, h)
		}
	}
	return all
}

// leader is the host that leads the register, or one that takes itself for it.
func (w *world) leader() *host {
	for _, h := range w.hosts {
		if s := w.register.seats[h.id]; s != nil && s.p != nil && s.leads {
			return h
		}
	}
	return nil
}

// isolate cuts hosts off from all others, for a while.
func (w *world) isolate(some []*host, long time.Duration) {
	var cut []way
	var ids []flow.NodeID
	for _, h := range some {
		ids = append(ids, h.id)
		for _, other := range w.hosts {
			if !slices.Contains(some, other) {
				cut = append(cut, way{h.id, other.id}, way{other.id, h.id})
			}
		}
	}
	w.tell("network: cut off %v", ids)
	w.sever(cut, long)
}
