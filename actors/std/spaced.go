package std

import (
	"time"

	"github.com/wardflow/wardflow/actors/timer"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// spaced makes the type that has two names, ClassicDelay and RecTimer.
func spaced(s flow.Spec) flow.Type {
	s.Args = []flow.ArgSpec{{Name: "delay", Doc: "the shortest time between two tokens, in seconds", Kind: "number<s>|string", Required: true}}
	s.In = []flow.Port{{Name: "token", Doc: "any token"}}
	s.Out = []flow.Port{{Name: "token", Doc: "the same", Kind: "like(token)"}}
	s.State = 1
	return flow.Type{Spec: s, New: func(args map[string]flow.Value) (flow.Actor, error) {
		a := value.Args{Of: args}
		d := &spacer{delay: a.Pause("delay")}
		return d, a.Err()
	}}
}

// A spacer lets a token through and then none until its alarm is due.
type spacer struct {
	delay time.Duration
	alarm timer.Alarm
}

func (d *spacer) Start(env flow.Env) error {
	d.alarm.Start(env, d.delay)
	return nil
}

func (d *spacer) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Out: []string{"token"},
		Guard: func() bool { return !d.alarm.IsSet() || d.alarm.Due() },
		Fire: func(f *flow.Firing) error {
			f.Give(0, f.In[0].Value)
			d.alarm.Set(f.Now, d.delay)
			return nil
		}}}
}

func (d *spacer) Save() ([]byte, error) { return value.Save(d.alarm.At) }

func (d *spacer) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &d.alarm.At)
}
