package std

import (
	"time"

	"github.com/wardflow/wardflow/actors/timer"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Trigger is std.Trigger. The first token comes at once.
func Trigger() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Trigger",
			Doc: "Give the same token at once and then each period",
			Args: []flow.ArgSpec{
				{Name: "tick", Doc: "the period, in seconds; 0 is as fast as it is taken", Kind: "number<s>|string", Required: true},
				{Name: "data", Doc: "the token", Required: true}},
			Out:   []flow.Port{{Name: "data", Doc: "the token", Kind: "arg(data)"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			t := &trigger{tick: a.Pause("tick"), data: a.Any("data")}
			return t, a.Err()
		},
	}
}

type trigger struct {
	tick  time.Duration
	data  flow.Value
	timer timer.Ticker
}

func (t *trigger) Start(env flow.Env) error {
	t.timer.Start(env, 0, t.tick)
	return nil
}

func (t *trigger) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"data"}, Guard: t.timer.Due, Fire: func(f *flow.Firing) error {
		f.Give(0, t.data)
		t.timer.Next(f.Now)
		return nil
	}}}
}

func (t *trigger) Save() ([]byte, error) { return value.Save(t.timer.At) }

func (t *trigger) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &t.timer.At)
}
