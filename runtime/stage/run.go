package stage

import (
	"context"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Ending is why a run is over.
type Ending string

// The endings.
const (
	AtRest      Ending = "nothing can fire any more and no timer is set"
	TimeIsUp    Ending = "its time is up"
	Endless     Ending = "there is no end to the firings at one instant"
	Vain        Ending = "all that is left are firings that fail"
	Enough      Ending = "enough has been seen"
	TooMany     Ending = "there were more firings than there may be"
	Interrupted Ending = "it was interrupted"
)

const (
	// instantLooks is how often one actor is looked at before an instant is
	// left that may never rest. The clock then moves by firstTick, and by twice
	// as much each time that follows, up to lastTick: how much an endless source
	// gives in a second of this clock means nothing, and hours must pass as well.
	instantLooks = 1000
	firstTick    = time.Millisecond
	lastTick     = time.Minute
	// patience is the same for [Stage.Settle], which does not leave the instant.
	patience = 100_000
	// vainRetries is how many retries may fail one after the other when nothing
	// else is left.
	vainRetries = 100
)

// Settle lets everything happen that can at this instant, or until done, if
// not nil, reports that enough has. It is [AtRest] or [TimeIsUp] when the
// instant rests, [Enough], or [Endless].
func (s *Stage) Settle(done func() bool) Ending {
	return s.run(context.Background(), s.now, patience, done)
}

// Run runs until the clock stands at until and that instant rests; zero is
// never. It ends before when done, if not nil, says so, when nothing more will
// happen, or when ctx ends.
func (s *Stage) Run(ctx context.Context, until time.Time, done func() bool) Ending {
	return s.run(ctx, until, instantLooks, done)
}

// A task is somebody with something to do: a cell or a wire.
type task interface {
	// do is true when it has moved a token.
	do(*Stage) bool
	// mark notes that the task is in the stage's list; false: it was.
	mark() bool
}

func (c *cell) mark() bool {
	was := c.queued
	c.queued = true
	return !was
}

func (w *wire) mark() bool {
	was := w.queued
	w.queued = true
	return !was
}

func (s *Stage) queue(t task) {
	if t.mark() {
		s.busy = append(s.busy, t)
	}
}

func (s *Stage) run(ctx context.Context, until time.Time, looks int, done func() bool) Ending {
	s.exact = done != nil // so that nothing happens after enough has
	for step := 0; ; step++ {
		s.hear()
		switch {
		case done != nil && done():
			return Enough
		case s.cfg.Firings > 0 && s.firings >= s.cfg.Firings:
			return TooMany
		case step%1024 == 1023 && ctx.Err() != nil:
			return Interrupted
		case len(s.busy) == 0:
			if end := s.rest(ctx, until); end != "" {
				return end
			}
			continue
		}
		n := s.rng.IntN(len(s.busy))
		if c, ok := s.busy[n].(*cell); ok && c.instant == s.instant && c.looks >= looks {
			if looks == patience {
				return Endless
			}
			if !s.creep(until) {
				return TimeIsUp
			}
			continue
		}
		s.step(n)
	}
}

// step lets the nth of the busy do what it can.
func (s *Stage) step(n int) {
	t, last := s.busy[n], len(s.busy)-1
	s.busy[n] = s.busy[last]
	s.busy[last] = nil
	s.busy = s.busy[:last]
	if moved := t.do(s); moved && s.cfg.Migrate > 0 && s.rng.IntN(s.cfg.Migrate) == 0 {
		s.cells[s.rng.IntN(len(s.cells))].migrate()
	}
}

// creep leaves an instant that does not rest. False: until is reached.
func (s *Stage) creep(until time.Time) bool {
	s.ring() // what is due is of this instant, and must not hold the clock
	to := s.now.Add(s.tick)
	if t, ok := s.timers.next(); ok && t.at.Before(to) {
		to = t.at
	}
	if !until.IsZero() && to.After(until) {
		if to = until; !to.After(s.now) {
			return false
		}
	}
	s.tick = min(2*s.tick, lastTick)
	s.setNow(to)
	s.ring()
	return true
}

// rest moves the clock on to the next timer, when nothing can fire. It is "" if
// something can, then.
func (s *Stage) rest(ctx context.Context, until time.Time) Ending {
	s.tick = firstTick
	next, set := s.timers.next()
	to := next.at
	if !until.IsZero() && (!set || to.After(until)) {
		to = until
	}
	switch {
	case s.awaits() && (to.IsZero() || to.After(s.now)):
		return s.await(ctx, to)
	case to.IsZero():
		return AtRest
	case ctx.Err() != nil:
		return Interrupted
	case !set || next.at.After(until) && !until.IsZero():
		end := TimeIsUp
		if !set {
			end = AtRest
		}
		if to.After(s.now) {
			s.setNow(to)
		}
		return end
	case next.again:
		if s.vain++; s.vain > vainRetries && !s.timers.own() {
			return Vain
		}
	default:
		s.vain = 0
	}
	if to.After(s.now) {
		s.setNow(to)
	}
	s.ring()
	return ""
}

// ring lets the timers go off that are due.
func (s *Stage) ring() {
	for {
		t, ok := s.timers.next()
		if !ok || t.at.After(s.now) {
			return
		}
		s.timers.drop()
		t.ring()
	}
}

// awaits reports whether an actor waits for the world and the stage is to wait
// with it.
func (s *Stage) awaits() bool {
	if !s.cfg.Await {
		return false
	}
	for _, c := range s.cells {
		if a, ok := c.actor.(flow.Awaiter); ok && c.stopped == "" && a.Awaits() {
			return true
		}
	}
	return false
}

// await lets real time pass until somebody calls, but not beyond the time to on
// the stage's clock; zero is no limit.
func (s *Stage) await(ctx context.Context, to time.Time) Ending {
	var alarm <-chan time.Time
	if !to.IsZero() {
		t := time.NewTimer(to.Sub(s.now))
		defer t.Stop()
		alarm = t.C
	}
	began := time.Now()
	select {
	case <-ctx.Done():
		return Interrupted
	case <-s.calls.bell:
	case <-alarm:
	}
	now := s.now.Add(time.Since(began))
	if !to.IsZero() && now.After(to) {
		now = to
	}
	s.setNow(now)
	s.ring()
	return ""
}
