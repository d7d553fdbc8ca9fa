package std

import (
	"time"

	"github.com/wardflow/wardflow/actors/timer"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Watchdog is std.Watchdog. Its time begins anew with each token that passes and
// each true that it gives, so of a longer silence it tells again and again.
func Watchdog() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Watchdog",
			Doc: "Pass tokens on, and tell when none has come for a time",
			Args: []flow.ArgSpec{
				{Name: "timeout", Doc: "how long a silence may be, in seconds", Kind: "number<s>|string", Required: true},
				{Name: "immediate", Doc: "true: from the start; false: from the first token on", Kind: "bool|integer", Required: true}},
			In: []flow.Port{{Name: "data", Doc: "any token"}},
			Out: []flow.Port{
				{Name: "data", Doc: "the same", Kind: "like(data)"},
				{Name: "timeout", Doc: "true, after each time of silence", Kind: "bool"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			w := &watchdog{timeout: a.Pause("timeout"), immediate: a.Bool("immediate")}
			return w, a.Err()
		},
	}
}

type watchdog struct {
	timeout   time.Duration
	immediate bool
	alarm     timer.Alarm
}

func (w *watchdog) Start(env flow.Env) error {
	w.alarm.Start(env, w.timeout)
	if w.immediate && !w.alarm.IsSet() {
		w.alarm.Set(env.Now(), w.timeout)
	}
	return nil
}

func (w *watchdog) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"timeout"}, Guard: w.alarm.Due, Fire: func(f *flow.Firing) error {
			f.Give(0, true)
			w.alarm.Set(f.Now, w.timeout)
			return nil
		}},
		{In: []string{"data"}, Out: []string{"data"}, Fire: func(f *flow.Firing) error {
			f.Give(0, f.In[0].Value)
			w.alarm.Set(f.Now, w.timeout)
			return nil
		}},
	}
}

func (w *watchdog) Save() ([]byte, error) { return value.Save(w.alarm.At) }

func (w *watchdog) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &w.alarm.At)
}
