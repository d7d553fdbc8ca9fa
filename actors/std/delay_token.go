package std

import (
	"time"

	"github.com/wardflow/wardflow/actors/timer"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// DelayToken is std.DelayToken. It holds up to 4096 tokens, or 128 kB of them;
// then the next ones wait on their link. Calvin's takes without limit.
func DelayToken() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.DelayToken",
			Doc: "Delay every token by the same time, so that their spacing stays\n" +
				"It holds up to 4096 tokens, or 128 kB of them; then the next ones wait on their link.",
			Args:  []flow.ArgSpec{{Name: "delay", Doc: "how long, in seconds", Kind: "number<s>|string", Required: true}},
			In:    []flow.Port{{Name: "token", Doc: "any token"}},
			Out:   []flow.Port{{Name: "token", Doc: "the same, later", Kind: "like(token)"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			d := &delayToken{delay: a.Pause("delay")}
			return d, a.Err()
		},
	}
}

type delayToken struct {
	delay time.Duration
	line  timer.Line
}

func (d *delayToken) Start(env flow.Env) error {
	d.line.Start(env, d.delay)
	return nil
}

func (d *delayToken) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"token"}, Guard: d.line.Due, Fire: func(f *flow.Firing) error {
			f.Give(0, d.line.Next())
			return nil
		}},
		{In: []string{"token"}, Guard: d.line.Room, Fire: func(f *flow.Firing) error {
			return d.line.Hold(f.Now, d.delay, f.In[0].Value)
		}},
	}
}

func (d *delayToken) Save() ([]byte, error) { return value.Save(d.line.State()) }

func (d *delayToken) Restore(version int, state []byte) error {
	var line []any
	if err := value.Restore(version, 1, state, &line); err != nil {
		return err
	}
	return d.line.SetState(line)
}
