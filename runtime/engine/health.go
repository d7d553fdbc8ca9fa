package engine

import (
	"sync"
	"time"
)

// A State is how an actor is.
type State string

// The states of an actor on its node.
const (
	Running State = "running" // fires when it can
	Waiting State = "waiting" // can't decide yet; Stat.Why says for what it waits
	Faulted State = "faulted" // its last firings failed; it is tried again with pauses
	Stopped State = "stopped" // fires no more until Engine.Resume; Stat.Why says why
)

// The pauses after a fault double from the first to the last.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 30 * time.Second
)

// tellEach is how often dead letters of one actor are told of.
const tellEach = time.Second

// health is an actor's record of firings and faults.
type health struct {
	mu      sync.Mutex // guards what follows
	state   State
	why     string
	firings uint64
	errors  uint64
	letters uint64
	lastErr string
	pause   time.Duration
	until   time.Time
	told    time.Time // when a letter was told of
}

// may reports whether the actor may fire now; if not, until is when it may, or
// zero if that is for somebody to say.
func (h *health) may(now time.Time) (until time.Time, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.state == Stopped {
		return time.Time{}, false
	}
	return h.until, !now.Before(h.until)
}

func (h *health) fired(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.firings += uint64(n)
	h.well()
}

// well says that the actor runs; the caller holds the lock.
func (h *health) well() {
	h.become(Running, "")
	h.pause, h.until = 0, time.Time{}
}

// become changes the state, but lets nobody go on who stands; the caller holds
// the lock.
func (h *health) become(s State, why string) {
	if h.state != Stopped {
		h.state, h.why = s, why
	}
}

func (h *health) ok() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.become(Running, "")
}

func (h *health) wait(why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.become(Waiting, why)
}

// fault counts an error and says until when to rest; first tells whether the
// actor was well before.
func (h *health) fault(err error, now time.Time) (until time.Time, first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first = h.state != Faulted
	h.errors++
	h.lastErr = err.Error()
	h.become(Faulted, h.lastErr)
	h.pause = min(max(2*h.pause, firstPause), lastPause)
	h.until = now.Add(h.pause)
	return h.until, first
}

// lettered counts dead letters; tell says whether to tell of them.
func (h *health) lettered(n int, why string, now time.Time) (tell bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.letters += uint64(n)
	h.errors++
	h.lastErr = why
	h.well()
	if tell = h.told.IsZero() || now.Sub(h.told) >= tellEach; tell {
		h.told = now
	}
	return tell
}

// stop says that the actor stands; news tells whether it did not before.
func (h *health) stop(why string) (news bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	news = h.state != Stopped
	h.state, h.why = Stopped, why
	return news
}

// resume lets a standing actor go on.
func (h *health) resume() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.state == Stopped {
		h.state, h.why, h.pause, h.until = Running, "", 0, time.Time{}
	}
}

func (h *health) standing() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state == Stopped
}

func (h *health) reason() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.why
}
