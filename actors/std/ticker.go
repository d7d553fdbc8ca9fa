package std

import (
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A ticker is Calvin's repeating timer: it is due once each period. Periods
// that pass while nobody looks are not made up for. Where it stands, at, is
// state: a timer that moves to another node keeps its remaining time.
type ticker struct {
	env    flow.Env
	period time.Duration
	at     int64 // ns since 1970 when it is due next; 0: never started
}

// start begins, or goes on after a restore. The first tick of all comes after
// first.
func (k *ticker) start(env flow.Env, first, period time.Duration) {
	k.env, k.period = env, period
	if now := env.Now().UnixNano(); k.at == 0 {
		k.at = now + int64(first)
	} else {
		k.at = min(k.at, now+int64(max(first, period))) // a clock set back must not silence it
	}
	env.WakeAt(time.Unix(0, k.at))
}

func (k *ticker) due() bool { return k.env.Now().UnixNano() >= k.at }

// next takes the tick that is due.
func (k *ticker) next(now time.Time) {
	k.at += int64(k.period)
	if n := now.UnixNano(); k.at <= n {
		k.at = n + int64(k.period)
	}
	k.env.WakeAt(time.Unix(0, k.at))
}
