package kind

import (
	"slices"
	"strings"
)

// A Kind is a set of values. The zero Kind is any. A Kind is not changed once
// made, so copies may share its parts.
type Kind struct {
	terms []term // none: any, unless never
	never bool
}

// A term is one member of a union.
type term struct {
	name   string  // "number", "list", "like", "reading"
	unit   string  // of a number or integer, as UCUM writes it; "": not said
	elem   *Kind   // of a list or dict; nil: any
	fields []field // of a record, in the order of their names
	ref    string  // of like and arg
}

// A field is one key of a record.
type field struct {
	name     string
	kind     Kind
	optional bool
}

// Any is every value, Never is none: what is known of a port that nothing
// leads to.
var (
	Any   = Kind{}
	Never = Kind{never: true}
)

// IsAny reports whether nothing is said of the values.
func (k Kind) IsAny() bool { return len(k.terms) == 0 && !k.never }

// IsNever reports whether there is no value of the kind.
func (k Kind) IsNever() bool { return k.never }

// ListOf, DictOf and [Record] make kinds of containers.
func ListOf(k Kind) Kind { return Kind{terms: []term{{name: "list", elem: inner(k)}}} }

// DictOf is a dictionary whose values are of a kind.
func DictOf(k Kind) Kind { return Kind{terms: []term{{name: "dict", elem: inner(k)}}} }

// Record is a dictionary that has all these keys.
func Record(fields map[string]Kind) Kind {
	t := term{name: "record"}
	for name, k := range fields {
		t.fields = append(t.fields, field{name: name, kind: k})
	}
	slices.SortFunc(t.fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return Kind{terms: []term{t}}
}

func inner(k Kind) *Kind {
	if k.IsAny() {
		return nil
	}
	return &k
}

// item is the kind of what a list or dict holds.
func (t *term) item() Kind {
	if t.elem == nil {
		return Any
	}
	return *t.elem
}

// Union is the kind of values that are of one of the kinds. With any among
// them it is any.
func Union(kinds ...Kind) Kind {
	out := Never
	for _, k := range kinds {
		switch {
		case k.never:
		case k.IsAny():
			return Any
		default:
			out.never = false
			for _, t := range k.terms {
				if !slices.ContainsFunc(out.terms, func(o term) bool { return same(o, t) }) {
					out.terms = append(slices.Clip(out.terms), t)
				}
			}
		}
	}
	return out
}

// Same reports whether two kinds are written alike.
func Same(a, b Kind) bool {
	return a.never == b.never && slices.EqualFunc(a.terms, b.terms, same)
}

func same(a, b term) bool {
	if a.name != b.name || a.unit != b.unit || a.ref != b.ref || (a.elem == nil) != (b.elem == nil) {
		return false
	}
	return (a.elem == nil || Same(*a.elem, *b.elem)) && slices.EqualFunc(a.fields, b.fields, func(a, b field) bool {
		return a.name == b.name && a.optional == b.optional && Same(a.kind, b.kind)
	})
}

// Depth is how deep containers nest in the kind: 0 for a number, 2 for a list
// of lists of anything.
func (k Kind) Depth() int {
	deepest := 0
	for _, t := range k.terms {
		d := 0
		switch {
		case t.elem != nil:
			d = 1 + t.elem.Depth()
		case t.name == "list", t.name == "dict", t.name == "record":
			d = 1
		}
		for _, f := range t.fields {
			d = max(d, 1+f.kind.Depth())
		}
		deepest = max(deepest, d)
	}
	return deepest
}

// Terms is how many members the kind's union has.
func (k Kind) Terms() int { return len(k.terms) }

// String is the kind as [Parse] reads it.
func (k Kind) String() string {
	switch {
	case k.never:
		return "never"
	case k.IsAny():
		return "any"
	}
	var b strings.Builder
	for i := range k.terms {
		if i > 0 {
			b.WriteByte('|')
		}
		k.terms[i].write(&b)
	}
	return b.String()
}

func (t *term) write(b *strings.Builder) {
	b.WriteString(t.name)
	switch {
	case t.ref != "":
		b.WriteString("(" + t.ref + ")")
	case t.unit != "":
		b.WriteString("<" + t.unit + ">")
	case t.elem != nil:
		b.WriteString("<" + t.elem.String() + ">")
	case t.name == "record":
		b.WriteByte('{')
		for i, f := range t.fields {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(key(f.name))
			if f.optional {
				b.WriteByte('?')
			}
			b.WriteString(": " + f.kind.String())
		}
		b.WriteByte('}')
	}
}
