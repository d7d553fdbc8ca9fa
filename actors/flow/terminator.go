package flowactors

import "github.com/wardflow/wardflow/runtime/flow"

// Terminator is flow.Terminator, which "a.x > voidport" becomes.
func Terminator() flow.Type {
	return flow.Type{
		Spec: flow.Spec{Name: "flow.Terminator",
			Doc: "Swallow tokens",
			In:  []flow.Port{{Name: "void", Doc: "any token, exception tokens as well"}}},
		New: func(map[string]flow.Value) (flow.Actor, error) { return terminator{}, nil },
	}
}

type terminator struct{}

func (terminator) Actions() []flow.Action {
	return []flow.Action{{In: []string{"void"}, Fire: func(*flow.Firing) error { return nil }}}
}
