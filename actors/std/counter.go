package std

import (
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Counter is std.Counter.
func Counter() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Counter",
			Doc:   "Count 1, 2, 3, … as fast as it is taken",
			Out:   []flow.Port{{Name: "integer", Doc: "the next number", Kind: "integer"}},
			State: 2},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &counter{}, nil },
	}
}

type counter struct {
	count   int64
	stopped bool
}

func (c *counter) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"integer"}, Guard: func() bool { return !c.stopped }, Fire: func(f *flow.Firing) error {
		c.count++
		f.Give(0, c.count)
		return nil
	}}}
}

// Report is the last number. Told {"stopped": true} it gives no more; false lets
// it go on.
func (c *counter) Report(args map[string]flow.Value) (flow.Value, error) {
	if v, told := args["stopped"]; told {
		c.stopped = python.Truth(v)
	}
	return c.count, nil
}

func (c *counter) Save() ([]byte, error) { return value.Save(c.count, c.stopped) }

func (c *counter) Restore(version int, state []byte) error {
	if version == 1 { // before it could be stopped
		return value.Restore(version, 1, state, &c.count)
	}
	return value.Restore(version, 2, state, &c.count, &c.stopped)
}
