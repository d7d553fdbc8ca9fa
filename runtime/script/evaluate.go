package script

import "github.com/wardflow/wardflow/runtime/flow"

// Evaluate is the value of an expression in which names stand for what name
// says. It is not ok where a name is unknown, parts do not fit, or the value
// would hold too much.
func Evaluate(e Expr, name func(string) (flow.Value, bool)) (flow.Value, bool) {
	return evaluate(&program{file: &File{}}, e, name)
}

// evaluate is Evaluate as part of the efforts of a program whose issues nobody reads.
func evaluate(silent *program, e Expr, name func(string) (flow.Value, bool)) (flow.Value, bool) {
	if e == nil {
		return nil, false
	}
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
// where there is none of the name, it leads back to itself, or all of them together
// hold too much. What it found it
// remembers; one goroutine may use it at a time.
func ConstantsOf(f *File) func(name string) (flow.Value, bool) {
	defs := make(map[string]Expr, len(f.Constants))
	for _, c := range f.Constants {
		if _, twice := defs[c.Name.Name]; !twice {
			defs[c.Name.Name] = c.Value
		}
	}
	values, silent := map[string]flow.Value{}, &program{file: &File{}}
	var find func(name string) (flow.Value, bool)
	find = func(name string) (flow.Value, bool) {
		if v, ok := values[name]; ok {
			return v, true
		}
		e := defs[name]
		delete(defs, name) // so that a circle ends
		v, ok := evaluate(silent, e, find)
		if ok {
			values[name] = v
		}
		return v, ok
	}
	return find
}
