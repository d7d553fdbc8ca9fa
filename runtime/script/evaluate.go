package script

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Evaluate is the value of an expression in which names stand for what name
// says. It is not ok where a name is unknown, or parts do not fit, or a sum
// would have more than a million characters or items.
func Evaluate(e Expr, name func(string) (flow.Value, bool)) (v flow.Value, ok bool) {
	switch e := e.(type) {
	case *Scalar:
		return e.Value, true
	case *Name:
		return name(e.Name)
	case *Field:
		v, ok = name(e.Of.Name)
		for _, part := range e.Path {
			dict, _ := v.(map[string]any)
			if v, ok = dict[part.Name]; !ok {
				return nil, false
			}
		}
		return v, ok
	case *Sum:
		for i, item := range e.Items {
			next, known := Evaluate(item, name)
			if i == 0 {
				v, ok = next, known
			} else if ok = ok && known; ok {
				v, ok = plus(v, next)
			}
		}
		return v, ok
	case *List:
		list := make([]any, len(e.Items))
		for i, item := range e.Items {
			if list[i], ok = Evaluate(item, name); !ok {
				return nil, false
			}
		}
		return list, true
	case *Dict:
		dict := make(map[string]any, len(e.Items))
		for _, item := range e.Items {
			key, _ := item.Key.Value.(string)
			if dict[key], ok = Evaluate(item.Value, name); !ok {
				return nil, false
			}
		}
		return dict, true
	}
	return nil, false
}

// maxSum is how long what a sum joins may be.
const maxSum = 1 << 20

// plus joins strings or lists, or adds numbers.
func plus(a, b flow.Value) (flow.Value, bool) {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok && len(a)+len(b) <= maxSum {
			return a + b, true
		}
	case []any:
		if b, ok := b.([]any); ok && len(a)+len(b) <= maxSum {
			return slices.Concat(a, b), true
		}
	case int64:
		switch b := b.(type) {
		case int64:
			sum := a + b
			return sum, (sum > a) == (b > 0)
		case float64:
			return float64(a) + b, true
		}
	case float64:
		switch b := b.(type) {
		case int64:
			return a + float64(b), true
		case float64:
			return a + b, true
		}
	}
	return nil, false
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
