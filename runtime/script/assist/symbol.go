package assist

import (
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// A Kind says what a name stands for.
type Kind string

// The kinds of what names stand for.
const (
	Constant  Kind = "constant"
	Component Kind = "component"
	Parameter Kind = "parameter"
	Variable  Kind = "variable" // of a for
	Instance  Kind = "instance" // of an actor type or component
	InPort    Kind = "in-port"
	OutPort   Kind = "out-port"
	Rule      Kind = "rule"
	Group     Kind = "group"
	Test      Kind = "test"
	ActorType Kind = "actor type"
	Argument  Kind = "argument" // of an actor type
	Predicate Kind = "predicate"
	Property  Kind = "property"
	Keyword   Kind = "keyword"
	Literal   Kind = "value"
	Include   Kind = "include"
	Loop      Kind = "for"
)

// A symbol is something with a name. Names of the language and of actor types
// are declared nowhere in the text.
type symbol struct {
	kind Kind
	name string
	decl script.Span // of the name; empty: not in a text
	node any         // of the tree: *script.Constant, *script.Instance, …
	in   *block      // where it is declared

	typ  string            // of an instance
	comp *script.Component // a component's; of an instance, its component
	spec *flow.Spec        // an actor type's; of an instance, its type
	port flow.Port         // of an actor type
	arg  flow.ArgSpec      // of an actor type, or of a component as far as it has one
}

// declared reports whether the name is declared in a text.
func (y *symbol) declared() bool { return y.decl != script.Span{} }

// A use is a place where a name stands. A part of a path such as bed_1:ecg is a
// use of its own, and so is the variable's name in bed_1.
type use struct {
	at   script.Span
	sym  *symbol
	decl bool
}

// A block is the program, or what is in the braces of a component, a for or a
// test.
type block struct {
	parent *block
	comp   *script.Component // nil: not a component's
	loop   *script.For
	test   *script.Test

	insts   map[string]*symbol
	vars    map[string]*symbol // parameters, or the variable
	in, out map[string]*symbol // a component's ports
	inner   []*block           // of fors and tests
	linked  map[end]bool
}

// An end is a port that a link of a block has.
type end struct {
	actor, port string
	dir         Kind
}

func (b *block) span() script.Span {
	switch {
	case b.comp != nil:
		return b.comp.Span
	case b.loop != nil:
		return b.loop.Span
	case b.test != nil:
		return b.test.Span
	}
	return script.Span{}
}

// instance finds an instance here or further out. Components end the search:
// nothing outside can be named in them.
func (b *block) instance(name string) *symbol {
	for at := b; at != nil; at = at.parent {
		if y := at.insts[name]; y != nil {
			return y
		}
		if at.comp != nil {
			break
		}
	}
	return nil
}

// variable finds a parameter or variable here or further out.
func (b *block) variable(name string) *symbol {
	for at := b; at != nil; at = at.parent {
		if y := at.vars[name]; y != nil {
			return y
		}
		if at.comp != nil {
			break
		}
	}
	return nil
}

// component is the block of the component around, or nil.
func (b *block) component() *block {
	for at := b; at != nil; at = at.parent {
		if at.comp != nil {
			return at
		}
	}
	return nil
}
