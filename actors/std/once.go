package std

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Once is std.Once, which a literal source with that word becomes: once 5 > p.in.
// Calvin has no such type.
func Once() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Once",
			Doc:   "Give one token, once",
			Args:  []flow.ArgSpec{{Name: "data", Doc: "the token", Required: true}},
			Out:   []flow.Port{{Name: "token", Doc: "data, and nothing after it", Kind: "arg(data)"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			o := &once{data: a.Any("data")}
			return o, a.Err()
		},
	}
}

type once struct {
	data  flow.Value
	given bool
}

func (o *once) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"token"}, Guard: func() bool { return !o.given }, Fire: func(f *flow.Firing) error {
		f.Give(0, o.data)
		o.given = true
		return nil
	}}}
}

func (o *once) Save() ([]byte, error) { return value.Save(o.given) }

func (o *once) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &o.given)
}
