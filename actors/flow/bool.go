package flowactors

import (
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Bool is flow.Bool.
func Bool() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Bool",
			Doc: "Tell whether a token counts as true: all but null, false, 0 and what is empty",
			In:  []flow.Port{{Name: "token", Doc: "any token"}},
			Out: []flow.Port{{Name: "bool", Doc: "its truth", Kind: "bool"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return truth{}, nil },
	}
}

type truth struct{}

func (truth) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Out: []string{"bool"}, Fire: func(f *flow.Firing) error {
		f.Give(0, python.Truth(f.In[0].Value))
		return nil
	}}}
}
