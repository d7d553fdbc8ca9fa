package flowactors

import "github.com/wardflow/wardflow/runtime/flow"

// Collect is flow.Collect.
func Collect() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Collect",
			Doc: "Merge many sources into one stream, each source in its order",
			In:  []flow.Port{{Name: "token", Doc: "any token", Routing: "collect-unordered"}},
			Out: []flow.Port{{Name: "token", Doc: "the same", Kind: "like(token)"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return pass{"token", "token"}, nil },
	}
}

// A pass gives on one port what it takes from another: what is special about
// its type is a port's routing.
type pass struct{ in, out string }

func (p pass) Actions() []flow.Action {
	return []flow.Action{{In: []string{p.in}, Out: []string{p.out}, Fire: func(f *flow.Firing) error {
		f.Give(0, f.In[0].Value)
		return nil
	}}}
}
