package flowactors

import "github.com/wardflow/wardflow/runtime/flow"

// Collect is flow.Collect.
func Collect() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Collect",
			Doc: "Merge many sources into one stream, each source in its order",
			In:  []flow.Port{{Name: "token", Doc: "any token, exception tokens as well", Routing: "collect-unordered"}},
			Out: []flow.Port{{Name: "token", Doc: "the same"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return collect{}, nil },
	}
}

type collect struct{}

func (collect) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Out: []string{"token"}, Fire: func(f *flow.Firing) error {
		f.Give(0, f.In[0].Value)
		return nil
	}}}
}
