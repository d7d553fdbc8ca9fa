package flowactors

import "github.com/wardflow/wardflow/runtime/flow"

// Deselect is flow.Deselect.
func Deselect() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Deselect",
			Doc: "Give the next token of one of two streams, as select says",
			In: []flow.Port{
				{Name: "case_false", Doc: "any token"},
				{Name: "case_true", Doc: "any token"},
				{Name: "select", Doc: "true: from case_true; any other token, 1 as well: from case_false"}},
			Out:   []flow.Port{{Name: "data", Doc: "the token selected", Kind: "like(case_false)|like(case_true)"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &deselect{}, nil },
	}
}

type deselect struct{ selection }

func (d *deselect) Actions() []flow.Action {
	take := func(in string, way bool) flow.Action {
		return flow.Action{In: []string{in}, Out: []string{"data"}, Guard: d.is(way), Fire: func(f *flow.Firing) error {
			f.Give(0, f.In[0].Value)
			d.made = false
			return nil
		}}
	}
	return []flow.Action{take("case_false", false), take("case_true", true), d.make("select")}
}
