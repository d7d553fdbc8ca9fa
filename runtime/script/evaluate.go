package script

import "github.com/wardflow/wardflow/runtime/flow"

// Evaluate is the value of an expression in which names stand for what name
// says. It is not ok where a name is unknown, parts do not fit, or the value
// would hold too much.
func Evaluate(e Expr, name func(string) (flow.Value, bool)) (flow.Value, bool) {
	if e == nil {
		return nil, false
	}
	silent := &program{file: &File{}} // nobody reads its issues
	b, st := reader{silent, func(n *Name) (binding, state) {
		v, ok := name(n.Name)
		if !ok {
			return binding{}, wrong
		}
		return bind(v), known
	}}.eval(e)
	return b.value, st == known
}

// ConstantsOf finds the values of a script's constants by name. It is not ok
// where there is none of the name, or it leads back to itself. What it found it
// remembers; one goroutine may use it at a time.
func ConstantsOf(f *File) func(name string) (flow.Value, bool) {
	defs := make(map[string]Expr, len(f.Constants))
	for _, c := range f.Constants {
		if _, twice := defs[c.Name.Name]; !twice {
			defs[c.Name.Name] = c.Value
		}
	}
	values := map[string]flow.Value{}
	var find func(name string) (flow.Value, bool)
	find = func(name string) (flow.Value, bool) {
		if v, ok := values[name]; ok {
			return v, true
		}
		e := defs[name]
		delete(defs, name) // so that a circle ends
		v, ok := Evaluate(e, find)
		if ok {
			values[name] = v
		}
		return v, ok
	}
	return find
}
