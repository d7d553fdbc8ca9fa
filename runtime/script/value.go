package script

import (
	"math"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/kind"
)

// maxValue is how much one value may hold: the values in it, and the bytes of
// its strings.
const maxValue = 1 << 20

// A binding is what a name stands for: a value, and how much it holds.
type binding struct {
	value flow.Value
	size  int
}

func bind(v flow.Value) binding { return binding{v, sizeOf(v)} }

func sizeOf(v flow.Value) int {
	n := 1
	switch v := v.(type) {
	case string:
		n += len(v)
	case []any:
		for _, item := range v {
			n += sizeOf(item)
		}
	case map[string]any:
		for key, item := range v {
			n += len(key) + sizeOf(item)
		}
	}
	return n
}

// A state says how far a value is known.
type state int

const (
	known   state = iota
	unknown       // it depends on a parameter, or on the variable of a for
	wrong         // reported
)

// A reader works out the values of expressions.
type reader struct {
	p *program
	// find says what a name stands for. What is wrong it reports.
	find func(n *Name) (binding, state)
}

// eval is the value of an expression. It looks at all of it, whatever it finds.
func (r reader) eval(e Expr) (binding, state) {
	if !r.p.spend(1, placeOf(e)) {
		return binding{size: 1}, wrong
	}
	switch e := e.(type) {
	case *Scalar:
		if s, ok := e.Value.(string); ok {
			return binding{s, 1 + len(s)}, known
		}
		return binding{e.Value, 1}, known
	case *Name:
		return r.find(e)
	case *Field:
		return r.field(e)
	case *List:
		return r.list(e)
	case *Dict:
		return r.dict(e)
	case *Sum:
		return r.sum(e)
	}
	return binding{size: 1}, known
}

func (r reader) list(e *List) (binding, state) {
	list, all, size := make([]any, len(e.Items)), known, 1
	for i, item := range e.Items {
		b, st := r.eval(item)
		list[i], size, all = b.value, size+b.size, max(all, st)
	}
	return r.whole(e, binding{list, size}, all)
}

func (r reader) dict(e *Dict) (binding, state) {
	dict, all, size := make(map[string]any, len(e.Items)), known, 1
	for _, item := range e.Items {
		key := item.Key.Value.(string)
		b, st := r.eval(item.Value)
		dict[key], size, all = b.value, size+b.size+len(key), max(all, st)
	}
	return r.whole(e, binding{dict, size}, all)
}

// whole refuses a value that holds too much.
func (r reader) whole(e Expr, b binding, st state) (binding, state) {
	if st == known && b.size > maxValue {
		r.p.report(tooLarge.at(r.p.file, e.Where(), "the value holds too much").help("a value may hold about a million things"))
		return binding{}, wrong
	}
	return b, st
}

// field looks a dictionary's values up.
func (r reader) field(e *Field) (binding, state) {
	b, st := r.find(&e.Of)
	if st != known {
		return b, st
	}
	name := e.Of.Name
	for _, id := range e.Path {
		dict, ok := b.value.(map[string]any)
		if !ok {
			r.p.report(notDict.at(r.p.file, e.Span, name, kind.Of(b.value).Words()).
				help("only dictionaries have fields"))
			return b, wrong
		}
		v, ok := dict[id.Name]
		if !ok {
			r.p.report(noField.at(r.p.file, id.Span, name, id.Name).meant(id.Span, id.Name, few(dict)).
				or("%s has %s", name, listed(keys(dict), "no fields")))
			return b, wrong
		}
		b, name = bind(v), name+"."+id.Name
	}
	return b, known
}

// sum joins strings, joins lists or adds numbers.
func (r reader) sum(e *Sum) (binding, state) {
	total, st := r.eval(e.Items[0])
	for i, item := range e.Items[1:] {
		b, next := r.eval(item)
		if st = max(st, next); st != known {
			continue
		}
		if !r.p.spend((total.size+b.size)/2, e.Span) {
			return binding{size: 1}, wrong
		}
		v, ok := added(total.value, b.value)
		if !ok && kindsAdd(total.value, b.value) {
			r.p.report(tooLarge.at(r.p.file, e.Span, "the sum is too large for a number"))
			st = wrong
			continue
		}
		if !ok {
			r.p.report(badSum.at(r.p.file, item.Where(), kind.Of(total.value).Words(), kind.Of(b.value).Words()).
				see(e.Items[i].Where(), "what it is added to").help("+ joins strings, joins lists, or adds numbers"))
			st = wrong
			continue
		}
		total = binding{v, total.size + b.size}
	}
	return r.whole(e, total, st)
}

// added is a + b; it is not ok where they can't be, or where whole numbers
// leave the 64 bits of one.
func added(a, b flow.Value) (flow.Value, bool) {
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return a + b, true
		}
	case []any:
		if b, ok := b.([]any); ok {
			return append(a[:len(a):len(a)], b...), true
		}
	case int64:
		switch b := b.(type) {
		case int64:
			s := a + b
			return s, (s > a) == (b > 0)
		case float64:
			return finite(float64(a) + b)
		}
	case float64:
		switch b := b.(type) {
		case int64:
			return finite(a + float64(b))
		case float64:
			return finite(a + b)
		}
	}
	return nil, false
}

// kindsAdd reports whether two values are numbers.
func kindsAdd(a, b flow.Value) bool {
	number := kind.Of(0.5)
	ok, _ := kind.Fits(kind.Of(a), number)
	ok2, _ := kind.Fits(kind.Of(b), number)
	return ok && ok2
}

func finite(f float64) (flow.Value, bool) { return f, !math.IsInf(f, 0) }

// fits reports whether a value may be given for an argument, and if not why.
// Null may where it is the default.
func (p *program) fits(a flow.ArgSpec, v flow.Value) (ok bool, why string) {
	if v == nil && !a.Required && a.Default == nil {
		return true, ""
	}
	return p.kind(a.Kind).Takes(v)
}

// kind reads a kind of a Spec. What can't be read is any: a test of the actor
// types sees to that.
func (p *program) kind(text string) kind.Kind {
	k, ok := p.kinds[text]
	if !ok {
		k, _ = kind.Parse(text)
		p.kinds[text] = k
	}
	return k
}
