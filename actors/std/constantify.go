package std

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Constantify is std.Constantify, which a transform becomes: a.x > /V/ b.y.
func Constantify() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "std.Constantify",
			Doc:  "Replace each token by a constant",
			Args: []flow.ArgSpec{{Name: "constant", Doc: "what is given instead", Required: true}},
			In:   []flow.Port{{Name: "in", Doc: "any token"}},
			Out:  []flow.Port{{Name: "out", Doc: "the constant, once for each", Kind: "arg(constant)"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			c := &constantify{a.Any("constant")}
			return c, a.Err()
		},
	}
}

type constantify struct{ constant flow.Value }

func (c *constantify) Actions() []flow.Action {
	return []flow.Action{{In: []string{"in"}, Out: []string{"out"}, Fire: func(f *flow.Firing) error {
		f.Give(0, c.constant)
		return nil
	}}}
}
