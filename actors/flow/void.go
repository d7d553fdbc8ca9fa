package flowactors

import "github.com/wardflow/wardflow/runtime/flow"

// Void is flow.Void, which "voidport > a.x" becomes.
func Void() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Void",
			Doc: "Never give a token",
			Out: []flow.Port{{Name: "void", Doc: "nothing, ever"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return void{}, nil },
	}
}

type void struct{}

func (void) Actions() []flow.Action { return nil }
