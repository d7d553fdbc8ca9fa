package flowactors

import "github.com/wardflow/wardflow/runtime/flow"

// Switch is flow.Switch.
func Switch() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Switch",
			Doc: "Pass two streams straight on, or crossed",
			In: []flow.Port{
				{Name: "switch", Doc: "true: crossed; any other token, 1 as well: straight on"},
				{Name: "a", Doc: "any token"},
				{Name: "b", Doc: "any token"}},
			Out: []flow.Port{
				{Name: "a", Doc: "the token of a, or of b if crossed", Kind: "like(a)|like(b)"},
				{Name: "b", Doc: "the token of b, or of a if crossed", Kind: "like(a)|like(b)"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return crossing{}, nil },
	}
}

type crossing struct{}

func (crossing) Actions() []flow.Action {
	return []flow.Action{{In: []string{"switch", "a", "b"}, Out: []string{"a", "b"}, Fire: func(f *flow.Firing) error {
		a, b := 0, 1
		if f.In[0].Value == true {
			a, b = b, a
		}
		f.Give(a, f.In[1].Value)
		f.Give(b, f.In[2].Value)
		return nil
	}}}
}
