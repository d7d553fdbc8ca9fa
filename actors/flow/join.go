package flowactors

import "github.com/wardflow/wardflow/runtime/flow"

// Join is flow.Join. While the first stream has tokens, the second waits.
func Join() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Join",
			Doc: "Merge two streams, the first one first (write flow.Collect instead)",
			In: []flow.Port{
				{Name: "token_1", Doc: "any token"},
				{Name: "token_2", Doc: "any token, given while token_1 has none"}},
			Out: []flow.Port{{Name: "token", Doc: "the tokens of both", Kind: "like(token_1)|like(token_2)"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return join{}, nil },
	}
}

type join struct{}

func (join) Actions() []flow.Action {
	return append(pass{"token_1", "token"}.Actions(), pass{"token_2", "token"}.Actions()...)
}
