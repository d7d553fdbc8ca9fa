package flowactors

import (
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// Dealternate2 is flow.Dealternate2.
func Dealternate2() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Dealternate2",
			Doc: "Split a stream in two: its first token here, its second there, and so on",
			In:  []flow.Port{{Name: "token", Doc: "any token"}},
			Out: []flow.Port{
				{Name: "token_1", Doc: "the first, third, fifth, … token", Kind: "like(token)"},
				{Name: "token_2", Doc: "the second, fourth, … token", Kind: "like(token)"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &dealternate2{}, nil },
	}
}

type dealternate2 struct{ second bool } // it is the second's turn

func (d *dealternate2) Actions() []flow.Action {
	give := func(out string, second bool) flow.Action {
		return flow.Action{In: []string{"token"}, Out: []string{out}, Guard: func() bool { return d.second == second }, Fire: func(f *flow.Firing) error {
			f.Give(0, f.In[0].Value)
			d.second = !second
			return nil
		}}
	}
	return []flow.Action{give("token_1", false), give("token_2", true)}
}

func (d *dealternate2) Save() ([]byte, error) { return value.Save(d.second) }

func (d *dealternate2) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &d.second)
}
