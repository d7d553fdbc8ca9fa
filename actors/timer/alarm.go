package timer

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Alarm is Calvin's timer for one time: it is set, becomes due, and is set
// again.
type Alarm struct {
	At int64 // when it is due: state; 0: not set

	env flow.Env
}

// Start begins, or goes on after a restore. Longest is what the alarm is set
// to at most.
func (a *Alarm) Start(env flow.Env, longest time.Duration) {
	a.env = env
	if a.At != 0 {
		a.At = min(a.At, env.Now().UnixNano()+int64(longest)) // a clock set back must not silence it
		env.WakeAt(time.Unix(0, a.At))
	}
}

// Set makes the alarm due after d, whatever it was set to before.
func (a *Alarm) Set(now time.Time, d time.Duration) {
	a.At = now.UnixNano() + int64(d)
	a.env.WakeAt(time.Unix(0, a.At))
}

// IsSet reports whether the alarm has been set.
func (a *Alarm) IsSet() bool { return a.At != 0 }

// Due reports whether it is set and its time has come.
func (a *Alarm) Due() bool { return a.At != 0 && a.env.Now().UnixNano() >= a.At }

// Clear makes the alarm not set.
func (a *Alarm) Clear() { a.At = 0 }
