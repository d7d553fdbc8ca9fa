package std

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Counter is std.Counter.
func Counter() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Counter",
			Doc:   "Count 1, 2, 3, … as fast as it is taken",
			Out:   []flow.Port{{Name: "integer", Doc: "the next number", Kind: "number"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &counter{}, nil },
	}
}

type counter struct{ count int64 }

func (c *counter) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"integer"}, Fire: func(f *flow.Firing) error {
		c.count++
		f.Give(0, c.count)
		return nil
	}}}
}

func (c *counter) Save() ([]byte, error) { return value.Save(c.count) }

func (c *counter) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &c.count)
}
