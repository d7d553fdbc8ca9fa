package testactors

import (
	"math"

	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// FiniteCounter is test.FiniteCounter.
func FiniteCounter() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "test.FiniteCounter",
			Doc: "Count from start, steps numbers, then give an end-of-stream token",
			Args: []flow.ArgSpec{
				{Name: "start", Doc: "the first number", Kind: "number", Default: int64(0)},
				{Name: "steps", Doc: "how many numbers", Kind: "number", Default: int64(math.MaxInt64)},
				{Name: "repeat", Doc: "begin again after the end", Kind: "bool", Default: false},
				{Name: "replicate_mult", Doc: "Calvin's offset for replicas; only false", Kind: "bool", Default: false},
				{Name: "stopped", Doc: "give nothing", Kind: "bool", Default: false}},
			Out:   []flow.Port{{Name: "integer", Doc: "the next number, at last an EOS token"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			c := &finiteCounter{start: a.Int("start"), steps: a.Int("steps"), repeat: a.Bool("repeat"), stopped: a.Bool("stopped")}
			if a.Bool("replicate_mult") {
				a.Refuse("replicate_mult", "actors are not replicated here; leave it out")
			}
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

func (c *finiteCounter) Save() ([]byte, error) { return value.Save(c.given) }

func (c *finiteCounter) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &c.given)
}
