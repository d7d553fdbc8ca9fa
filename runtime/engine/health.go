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
)

// The pauses after a fault double from the first to the last.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 30 * time.Second
)

// health is an actor's record of firings and faults.
type health struct {
	mu      sync.Mutex // guards what follows
	state   State
	why     string
	firings uint64
	errors  uint64
	lastErr string
	pause   time.Duration
	until   time.Time
}

// resting reports whether a fault's pause is not over.
func (h *health) resting(now time.Time) (until time.Time, resting bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.until, now.Before(h.until)
}

func (h *health) fired(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.firings += uint64(n)
	h.state, h.why, h.pause, h.until = Running, "", 0, time.Time{}
}

func (h *health) ok() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state, h.why = Running, ""
}

func (h *health) wait(why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state, h.why = Waiting, why
}

// fault counts an error and says until when to rest; first tells whether the
// actor was well before.
func (h *health) fault(err error, now time.Time) (until time.Time, first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first = h.state != Faulted
	h.errors++
	h.state, h.why, h.lastErr = Faulted, err.Error(), err.Error()
	h.pause = min(max(2*h.pause, firstPause), lastPause)
	h.until = now.Add(h.pause)
	return h.until, first
}
