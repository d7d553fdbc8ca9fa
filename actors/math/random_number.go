package mathactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// RandomNumber is math.RandomNumber. As in Calvin, rounding may give upper
// itself, and upper may be below lower.
func RandomNumber() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "math.RandomNumber",
			Doc: "Draw a number for each token\n" +
				"The numbers follow from the name of the actor, unless its node offers math.random.",
			Args: []flow.ArgSpec{
				{Name: "lower", Doc: "where the numbers begin", Kind: "number", Required: true},
				{Name: "upper", Doc: "where they end", Kind: "number", Required: true}},
			In:    []flow.Port{{Name: "trigger", Doc: "any token"}},
			Out:   []flow.Port{{Name: "number", Doc: "a number between lower and upper, each as likely", Kind: "number"}},
			State: 1},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			lower, upper := a.Number("lower"), a.Number("upper")
			return &draw{func(r *value.Random) flow.Value { return lower + (upper-lower)*r.Float() }, value.Random{}, "number"}, a.Err()
		},
	}
}
