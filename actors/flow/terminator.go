package flowactors

import "github.com/wardflow/wardflow/runtime/flow"

// Terminator is flow.Terminator, which "a.x > voidport" becomes. It takes
// exception tokens as well: what is not wanted at all needs no dead letters.
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
	return []flow.Action{{In: []string{"void"}, Exceptions: true, Fire: func(*flow.Firing) error { return nil }}}
}
