package flowactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Dealternate is flow.Dealternate.
func Dealternate() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Dealternate",
			Doc:  "Give each token to the next of its targets, in a stated order",
			Args: []flow.ArgSpec{{Name: "order", Doc: "the targets, as in [&a.in, &b.in]", Kind: "list<string>", Required: true}},
			In:   []flow.Port{{Name: "token", Doc: "any token"}},
			Out:  []flow.Port{{Name: "token", Doc: "the same, for one target after the other", Kind: "like(token)", Routing: "dispatch-ordered"}}},
		New: func(args map[string]flow.Value) (flow.Actor, error) {
			a := value.Args{Of: args}
			d := dealternate{pass{"token", "token"}, a.Strings("order")}
			return d, a.Err()
		},
	}
}

type dealternate struct {
	pass
	order []string
}

func (d dealternate) Routes() map[string]flow.Route {
	return map[string]flow.Route{"out:token": {Order: d.order}}
}
