package mathactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// RandomInteger is math.RandomInteger. Where its numbers come from, and how to
// have the same ones again, says [value.Random].
func RandomInteger() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "math.RandomInteger",
			Doc: "Draw a whole number for each token\n" +
				"The numbers follow from the name of the actor, unless its node offers math.random.",
			Args: []flow.ArgSpec{
				{Name: "lower", Doc: "the smallest number", Kind: "integer", Required: true},
				{Name: "upper", Doc: "one more than the largest", Kind: "integer", Required: true}},
			In:    []flow.Port{{Name: "trigger", Doc: "any token"}},
			Out:   []flow.Port{{Name: "integer", Doc: "a number from lower to upper-1, each as likely", Kind: "integer"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			lower, upper := a.Int("lower"), a.Int("upper")
			if lower >= upper && a.Err() == nil {
				a.Refuse("upper", "want more than lower, which is %d, not %d", lower, upper)
			}
			return &draw{func(r *value.Random) flow.Value {
				return lower + int64(r.Below(uint64(upper)-uint64(lower)))
			}, value.Random{}, "integer"}, a.Err()
		},
	}
}

// A draw is an actor that draws for each trigger.
type draw struct {
	number func(*value.Random) flow.Value
	random value.Random
	out    string
}

func (d *draw) Start(env flow.Env) error {
	d.random.Start(env)
	return nil
}

func (d *draw) Actions() []flow.Action {
	return []flow.Action{{In: []string{"trigger"}, Out: []string{d.out}, Fire: func(f *flow.Firing) error {
		f.Give(0, d.number(&d.random))
		return nil
	}}}
}

func (d *draw) Save() ([]byte, error) { return value.Save(d.random.Seed, d.random.Drawn) }

func (d *draw) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &d.random.Seed, &d.random.Drawn)
}
