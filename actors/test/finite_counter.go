package testactors

import (
	"math"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// FiniteCounter is test.FiniteCounter.
func FiniteCounter() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "test.FiniteCounter",
			Doc: "Count from start, steps numbers, then give an end-of-stream token",
			Args: []flow.ArgSpec{
				{Name: "start", Doc: "the first number", Kind: "integer", Default: int64(0)},
				{Name: "steps", Doc: "how many numbers", Kind: "integer", Default: int64(math.MaxInt64)},
				{Name: "repeat", Doc: "begin again after the end", Kind: "bool|integer", Default: false},
				{Name: "replicate_mult", Doc: "for replicas in Calvin; actors have none here, so it changes nothing", Kind: "bool|integer", Default: false},
				{Name: "stopped", Doc: "give nothing", Kind: "bool|integer", Default: false}},
			Out:   []flow.Port{{Name: "integer", Doc: "the next number, at last an EOS token", Kind: "integer|eos"}},
			State: 2},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			a.Bool("replicate_mult")
			c := &finiteCounter{start: a.Int("start"), steps: a.Int("steps"), repeat: a.Bool("repeat"), stopped: a.Bool("stopped")}
			if c.steps < 0 {
				a.Refuse("steps", "want 0 or more, not %d", c.steps)
			}
			return c, a.Err()
		},
	}
}

type finiteCounter struct {
	start, steps    int64
	repeat, stopped bool
	given           int64 // numbers of this round; -1 after the end
}

func (c *finiteCounter) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"integer"},
		Guard: func() bool { return !c.stopped && c.given >= 0 },
		Fire: func(f *flow.Firing) error {
			switch {
			case c.given < c.steps:
				f.Give(0, c.start+c.given)
				c.given++
			case c.repeat:
				f.Give(0, flow.EOS)
				c.given = 0
			default:
				f.Give(0, flow.EOS)
				c.given = -1
			}
			return nil
		}}}
}

// Report is the next number; one beyond where the EOS token stands, after it.
// Told {"stopped": true} it gives nothing; false lets it go on.
func (c *finiteCounter) Report(args map[string]flow.Value) (flow.Value, error) {
	if v, told := args["stopped"]; told {
		c.stopped = python.Truth(v)
	}
	if c.given < 0 {
		return c.start + c.steps + 1, nil
	}
	return c.start + c.given, nil
}

func (c *finiteCounter) Save() ([]byte, error) { return value.Save(c.given, c.stopped) }

func (c *finiteCounter) Restore(version int, state []byte) error {
	if version == 1 { // before it could be stopped by a report
		return value.Restore(version, 1, state, &c.given)
	}
	return value.Restore(version, 2, state, &c.given, &c.stopped)
}
