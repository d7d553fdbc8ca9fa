package misc

import (
	"github.com/wardflow/wardflow/actors/python"
	"github.com/wardflow/wardflow/actors/value"
	"github.com/wardflow/wardflow/runtime/flow"
)

// ExplicitStateExample is misc.ExplicitStateExample. What it puts around the
// tokens comes with it when it moves.
func ExplicitStateExample() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "misc.ExplicitStateExample",
			Doc:   "Put ((( and ))) around the text of each token, to try out a migration",
			In:    []flow.Port{{Name: "token", Doc: "any token"}},
			Out:   []flow.Port{{Name: "token", Doc: "its text, as in ((( 1 )))", Kind: "string"}},
			State: 1},
		New: func(map[string]flow.Value) (flow.Actor, error) { return &wrapper{"(((", ")))"}, nil },
	}
}

type wrapper struct{ left, right string }

func (w *wrapper) Actions() []flow.Action {
	return []flow.Action{{In: []string{"token"}, Out: []string{"token"}, Fire: func(f *flow.Firing) error {
		f.Give(0, w.left+" "+python.Text(f.In[0].Value)+" "+w.right)
		return nil
	}}}
}

func (w *wrapper) Save() ([]byte, error) { return value.Save(w.left, w.right) }

func (w *wrapper) Restore(version int, state []byte) error {
	return value.Restore(version, 1, state, &w.left, &w.right)
}
