package std

import (
	"math"
	"time"

	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/timer"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// CountTimer is std.CountTimer. The first number comes after one period.
func CountTimer() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.CountTimer",
			Doc: "Count, one number each period, a given number of times",
			Args: []flow.ArgSpec{
				{Name: "sleep", Doc: "the period, in seconds", Kind: "number<s>|string", Default: 0.1},
				{Name: "start", Doc: "the first number", Kind: "integer", Default: int64(1)},
				{Name: "steps", Doc: "how many numbers", Kind: "integer", Default: int64(math.MaxInt64)}},
			Out:   []flow.Port{{Name: "integer", Doc: "the next number", Kind: "integer"}},
			State: 2},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			c := &countTimer{period: a.Pause("sleep"), start: a.Int("start"), steps: a.Int("steps")}
			if c.steps < 0 {
				a.Refuse("steps", "want 0 or more, not %d", c.steps)
			}
			return c, a.Err()
		},
	}
}

type countTimer struct {
	period       time.Duration
	start, steps int64
	given        int64
	stopped      bool
	timer        timer.Ticker
}

func (c *countTimer) Start(env flow.Env) error {
	c.timer.Start(env, c.period, c.period)
	return nil
}

func (c *countTimer) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"integer"},
		Guard: func() bool { return !c.stopped && c.given < c.steps && c.timer.Due() },
		Fire: func(f *flow.Firing) error {
			f.Give(0, c.start+c.given)
			c.given++
			if c.given < c.steps {
				c.timer.Next(f.Now)
			}
			return nil
		}}}
}

// Report is how many numbers were given. Told {"stopped": true} it gives no more.
func (c *countTimer) Report(args map[string]flow.Value) (flow.Value, error) {
	c.stopped = c.stopped || python.Truth(args["stopped"])
	return c.given, nil
}

func (c *countTimer) Save() ([]byte, error) { return value.Save(c.given, c.timer.At, c.stopped) }

func (c *countTimer) Restore(version int, state []byte) error {
	if version == 1 { // before it could be stopped
		return value.Restore(version, 1, state, &c.given, &c.timer.At)
	}
	return value.Restore(version, 2, state, &c.given, &c.timer.At, &c.stopped)
}
