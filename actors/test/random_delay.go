package testactors

import (
	"time"

	"github.com/wardflow/wardflow/actors/timer"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// longest is how long a RandomDelay holds a token at most.
const longest = 2 * time.Second

// RandomDelay is test.RandomDelay. Tokens keep their order, so one may wait for
// the one before it. Calvin draws whole seconds, 0 or 1.
func RandomDelay() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "test.RandomDelay",
			Doc:   "Delay each token by a random time, up to 2 s",
			In:    []flow.Port{{Name: "token", Doc: "any token"}},
			Out:   []flow.Port{{Name: "token", Doc: "the same, later", Kind: "like(token)"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &randomDelay{}, nil },
	}
}

type randomDelay struct {
	line   timer.Line
	random value.Random
}

func (d *randomDelay) Start(env flow.Env) error {
	d.random.Start(env)
	d.line.Start(env, longest)
	return nil
}

func (d *randomDelay) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"token"}, Guard: d.line.Due, Fire: func(f *flow.Firing) error {
			f.Give(0, d.line.Next())
			return nil
		}},
		{In: []string{"token"}, Guard: d.line.Room, Fire: func(f *flow.Firing) error {
			r := d.random
			if err := d.line.Hold(f.Now, time.Duration(r.Below(uint64(longest))), f.In[0].Value); err != nil {
				return err
			}
			d.random = r
			return nil
		}},
	}
}

func (d *randomDelay) Save() ([]byte, error) {
	return value.Save(d.random.Seed, d.random.Drawn, d.line.State())
}

func (d *randomDelay) Restore(version int, state []byte) error {
	var line []any
	if err := value.Restore(version, 1, state, &d.random.Seed, &d.random.Drawn, &line); err != nil {
		return err
	}
	return d.line.SetState(line)
}
