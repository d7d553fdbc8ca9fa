package stage

import (
	"log/slog"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An env is what one actor sees of the stage. Any goroutine may call it.
type env struct {
	cell *cell
	id   flow.ActorID
	log  *slog.Logger

	mu   sync.Mutex // guards what follows
	at   time.Time  // of the timer; zero: none
	over bool       // the actor has been stopped
}

func newEnv(c *cell) *env {
	return &env{cell: c, id: c.node.ID, log: c.stage.cfg.Log.With("actor", c.node.ID)}
}

func (e *env) ID() flow.ActorID      { return e.id }
func (e *env) Log() *slog.Logger     { return e.log }
func (e *env) Now() time.Time        { return e.cell.stage.clock() }
func (e *env) Identity() flow.Signer { return flow.Signer{} }

func (e *env) Capability(name string) (any, error) {
	return e.cell.stage.cfg.Capability(e.id, name)
}

func (e *env) Wake() {
	e.mu.Lock()
	over := e.over
	e.mu.Unlock()
	if !over {
		e.cell.stage.call(call{e, time.Time{}})
	}
}

func (e *env) WakeAt(t time.Time) {
	e.mu.Lock()
	e.at = t
	over := e.over
	e.mu.Unlock()
	if !over {
		e.cell.stage.call(call{e, t})
	}
}

// timer is when the actor wants to be woken.
func (e *env) timer() (at time.Time, set bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.at, !e.at.IsZero()
}

// rang clears the timer, unless it was set anew.
func (e *env) rang(at time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.at.Equal(at) {
		e.at = time.Time{}
	}
}

func (e *env) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.over, e.at = true, time.Time{}
}

// A call is a wake on its way to the stage, or with a time a timer.
type call struct {
	env *env
	at  time.Time
}

// calls are the wakes that the stage has not seen yet.
type calls struct {
	mu   sync.Mutex // guards what follows
	list []call
	now  time.Time     // what actors see of the clock
	bell chan struct{} // has one entry when the list got one
}

func (s *Stage) call(c call) {
	s.calls.mu.Lock()
	s.calls.list = append(s.calls.list, c)
	s.calls.mu.Unlock()
	select {
	case s.calls.bell <- struct{}{}:
	default:
	}
}

// hear does what the calls ask for.
func (s *Stage) hear() {
	s.calls.mu.Lock()
	list := s.calls.list
	s.calls.list = nil
	s.calls.mu.Unlock()
	for _, c := range list {
		switch {
		case c.env != c.env.cell.env: // of an actor that is no more
		case c.at.IsZero():
			c.env.cell.rouse()
		default:
			s.timers.add(c.at, c.env.cell, false)
		}
	}
}

// clock is the time as any goroutine may ask for it.
func (s *Stage) clock() time.Time {
	s.calls.mu.Lock()
	defer s.calls.mu.Unlock()
	return s.calls.now
}

// setNow moves the clock: a new instant begins.
func (s *Stage) setNow(t time.Time) {
	s.now = t
	s.instant++
	s.calls.mu.Lock()
	s.calls.now = t
	s.calls.mu.Unlock()
}
