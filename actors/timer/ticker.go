package timer

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Ticker is Calvin's repeating timer: it is due once each period. Periods
// that pass while nobody looks are not made up for.
type Ticker struct {
	At int64 // when it is due next: state; 0: never started

	env    flow.Env
	period time.Duration
}

// Start begins, or goes on after a restore. The first tick of all comes after
// first. A period of 0 is always due.
func (k *Ticker) Start(env flow.Env, first, period time.Duration) {
	k.env, k.period = env, period
	if now := env.Now().UnixNano(); k.At == 0 {
		k.At = now + int64(first)
	} else {
		k.At = min(k.At, now+int64(max(first, period))) // a clock set back must not silence it
	}
	env.WakeAt(time.Unix(0, k.At))
}

// Due reports whether a tick can be taken.
func (k *Ticker) Due() bool { return k.env.Now().UnixNano() >= k.At }

// Next takes the tick that is due.
func (k *Ticker) Next(now time.Time) {
	k.At += int64(k.period)
	if n := now.UnixNano(); k.At <= n {
		k.At = n + int64(k.period)
	}
	k.env.WakeAt(time.Unix(0, k.At))
}
