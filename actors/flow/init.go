package flowactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Init is flow.Init. The initial token leaves before the first that comes in,
// so it breaks the deadlock of a feedback loop.
func Init() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Init",
			Doc:   "Give an initial token, then pass everything on",
			Args:  []flow.ArgSpec{{Name: "data", Doc: "the initial token", Required: true}},
			In:    []flow.Port{{Name: "in", Doc: "any token"}},
			Out:   []flow.Port{{Name: "out", Doc: "data, then what comes in", Kind: "arg(data)|like(in)"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			i := &initial{data: a.Any("data")}
			return i, a.Err()
		},
	}
}

type initial struct {
	data  flow.Value
	given bool
}

func (i *initial) Actions() []flow.Action {
	return []flow.Action{
		{Out: []string{"out"}, Guard: func() bool { return !i.given }, Fire: func(f *flow.Firing) error {
			f.Give(0, i.data)
			i.given = true
			return nil
		}},
		{In: []string{"in"}, Out: []string{"out"}, Guard: func() bool { return i.given }, Fire: func(f *flow.Firing) error {
			f.Give(0, f.In[0].Value)
			return nil
		}},
	}
}

func (i *initial) Save() ([]byte, error) { return value.Save(i.given) }

func (i *initial) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &i.given)
}
