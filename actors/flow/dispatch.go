package flowactors

import "github.com/wardflow/wardflow/runtime/flow"

// Dispatch is flow.Dispatch. It goes round, although its text in Calvin says
// that it looks for the shortest queue; for that, set routing="balanced".
func Dispatch() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Dispatch",
			Doc: "Give each token to one of its targets, in rotation",
			In:  []flow.Port{{Name: "token", Doc: "any token"}},
			Out: []flow.Port{{Name: "token", Doc: "the same, for one target after the other", Kind: "like(token)", Routing: "round-robin"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return pass{"token", "token"}, nil },
	}
}
