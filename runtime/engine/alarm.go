package engine

import (
	"sync"
	"time"
)

// An alarm rings once at a time. Setting it again replaces that time.
type alarm struct {
	ring func()

	mu    sync.Mutex // guards what follows
	timer *time.Timer
	set   bool
	turn  uint64 // counts settings, so that one replaced too late rings in vain
}

func (a *alarm) at(t time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timer != nil {
		a.timer.Stop()
	}
	a.set = true
	a.turn++
	turn := a.turn
	a.timer = time.AfterFunc(time.Until(t), func() { a.rings(turn) })
}

func (a *alarm) rings(turn uint64) {
	a.mu.Lock()
	mine := a.turn == turn && a.set
	a.mu.Unlock()
	if !mine {
		return
	}
	a.ring()
	a.mu.Lock()
	if a.turn == turn {
		a.set = false // only now, so that nobody thinks that all is at rest
	}
	a.mu.Unlock()
}

func (a *alarm) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timer != nil {
		a.timer.Stop()
	}
	a.set = false
}

// waits reports whether the alarm will ring.
func (a *alarm) waits() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.set
}
