package std

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Constant is std.Constant, which a literal source becomes: 5 > p.in.
func Constant() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Constant",
			Doc:  "Give the same token again and again, as fast as it is taken",
			Args: []flow.ArgSpec{{Name: "data", Doc: "the token", Required: true}},
			Out:  []flow.Port{{Name: "token", Doc: "data, without end", Kind: "arg(data)"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			c := &constant{a.Any("data")}
			return c, a.Err()
		},
	}
}

type constant struct{ data flow.Value }

func (c *constant) Actions() []flow.Action {
	return []flow.Action{{Out: []string{"token"}, Fire: func(f *flow.Firing) error {
		f.Give(0, c.data)
		return nil
	}}}
}
