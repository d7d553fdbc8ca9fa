package assist

import (
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// deadLetter is the out-port that each actor type has besides its own.
var deadLetter = flow.Port{Name: "dead_letter", Doc: "tokens that the actor could not use; it need not be linked"}

// refer enters all uses of names.
func (x *index) refer() {
	for _, c := range x.file.Constants {
		x.expr(x.program, c.Value)
	}
	for _, b := range x.blocks {
		for i := range b.comp.Params {
			if d := b.comp.Params[i].Default; d != nil {
				x.expr(x.program, d)
			}
		}
		x.statements(b, b.comp.Body)
	}
	x.statements(x.program, x.file.Body)
	x.references()
}

func (x *index) use(at script.Span, y *symbol) {
	if y != nil {
		x.uses = append(x.uses, use{at: at, sym: y})
	}
}

func (x *index) statements(b *block, body []script.Stmt) {
	next := 0 // of the inner blocks, which are in the same order
	for _, stmt := range body {
		switch stmt := stmt.(type) {
		case *script.Instance:
			x.instance(b, stmt)
		case *script.Property:
			x.property(b, stmt)
		case *script.Link:
			x.link(b, stmt)
		case *script.RuleDef:
			x.rule(stmt.Rule)
		case *script.Group:
			x.paths(b, stmt.Members)
		case *script.Apply:
			x.paths(b, stmt.Targets)
			x.rule(stmt.Rule)
		case *script.For:
			x.expr(b, stmt.Over)
			x.statements(b.inner[next], stmt.Body)
			next++
		case *script.Test:
			x.statements(b.inner[next], stmt.Body)
			next++
		case *script.Give:
			x.port(b, &stmt.Port, InPort)
			x.expr(b, stmt.Tokens)
		case *script.Expect:
			x.port(b, &stmt.Port, OutPort)
			x.expr(b, stmt.Tokens)
		case *script.Set:
			x.expr(b, stmt.Value)
		}
	}
}

func (x *index) instance(b *block, in *script.Instance) {
	t := x.typed(in.Type.Name)
	x.use(in.Type.Span, t)
	for _, a := range in.Args {
		x.expr(b, a.Value)
		switch {
		case t == nil:
		case t.kind == Component:
			x.use(a.Name.Span, t.in.vars[a.Name.Name])
		default:
			if spec, ok := t.spec.Arg(a.Name.Name); ok {
				x.use(a.Name.Span, x.external(symbol{kind: Argument, name: in.Type.Name + "." + spec.Name, arg: spec, spec: t.spec}))
			}
		}
	}
}

func (x *index) property(b *block, s *script.Property) {
	dir := InPort
	if s.Dir != nil && s.Dir.Name == "out" || s.Dir == nil && x.only(b, &s.Port, OutPort) {
		dir = OutPort
	}
	if s.Port.Actor == nil { // the view from inside
		dir = opposite(dir)
	}
	x.name(b, &s.Port, dir)
	for _, a := range s.Args {
		x.use(a.Name.Span, x.external(symbol{kind: Property, name: a.Name.Name}))
		x.expr(b, a.Value)
	}
}

// only reports whether a port can only be of one direction, as the actors of
// the block see it.
func (x *index) only(b *block, n *script.PortName, dir Kind) bool {
	if n.Actor == nil {
		c := b.component()
		if c == nil {
			return false
		}
		return dir == OutPort && c.out[n.Port.Name] == nil || dir == InPort && c.in[n.Port.Name] == nil
	}
	inst := b.instance(n.Actor.Name)
	return inst != nil && x.portOf(inst, opposite(dir), n.Port.Name) == nil
}

func opposite(dir Kind) Kind {
	if dir == InPort {
		return OutPort
	}
	return InPort
}

func (x *index) link(b *block, l *script.Link) {
	if l.From.Port != nil {
		x.port(b, l.From.Port, OutPort)
	}
	if l.From.Value != nil {
		x.expr(b, l.From.Value)
	}
	for _, t := range l.To {
		if t.Transform != nil {
			x.expr(b, t.Transform.Value)
		}
		if t.Port != nil {
			x.port(b, t.Port, InPort)
		}
	}
}

// port is a port that a link or a test has. Dir is the direction as an actor's
// port; a component's own port is then of the other.
func (x *index) port(b *block, n *script.PortName, dir Kind) {
	if n.Actor == nil {
		if c := b.component(); c != nil {
			c.linked[end{"", n.Port.Name, opposite(dir)}] = true
		}
		x.name(b, n, opposite(dir))
		return
	}
	if inst := x.name(b, n, dir); inst != nil {
		inst.in.linked[end{inst.name, n.Port.Name, dir}] = true
	}
}

// name enters the two names of a port and returns the actor, if it is known.
func (x *index) name(b *block, n *script.PortName, dir Kind) *symbol {
	if n.Actor == nil {
		if c := b.component(); c != nil {
			ports := c.in
			if dir == OutPort {
				ports = c.out
			}
			x.use(n.Port.Span, ports[n.Port.Name])
		}
		return nil
	}
	inst := x.path(b, *n.Actor)
	if inst == nil || inst.kind != Instance {
		return nil
	}
	x.use(n.Port.Span, x.portOf(inst, dir, n.Port.Name))
	return inst
}

func (x *index) paths(b *block, ids []script.Ident) {
	for _, id := range ids {
		if g := x.groups[id.Name]; g != nil {
			x.use(id.Span, g)
			continue
		}
		x.path(b, id)
	}
}

// path enters each part of a path and returns what the whole leads to. A part
// is an instance, or a round of a for such as bed_3.
func (x *index) path(b *block, id script.Ident) *symbol {
	at := id.Span
	var last *symbol
	for part := range strings.SplitSeq(id.Name, ":") {
		if b == nil {
			return nil
		}
		at.End = shift(at.Start, len(part))
		if last = b.instance(part); last != nil {
			x.use(at, last)
			b = nil
			if t := x.typed(last.typ); t != nil && t.kind == Component {
				b = t.in
			}
		} else {
			if b, last = b.round(part); b == nil {
				return nil
			}
			x.use(script.Span{Start: at.Start, End: shift(at.Start, len(last.name)), Src: at.Src}, last)
		}
		at.Start = shift(at.End, 1)
	}
	return last
}

// shift is a place n characters further on the line. Names have no others than
// of one byte.
func shift(p script.Pos, n int) script.Pos {
	p.Col += int32(n)
	p.Offset += int32(n)
	return p
}

// round finds the for that makes a round of a name: VAR_ELEMENT.
func (b *block) round(name string) (*block, *symbol) {
	for at := b; at != nil; at = at.parent {
		for _, in := range at.inner {
			if in.loop != nil && strings.HasPrefix(name, in.loop.Var.Name+"_") {
				return in, in.vars[in.loop.Var.Name]
			}
		}
		if at.comp != nil {
			break
		}
	}
	return nil, nil
}

// expr enters the names in a value.
func (x *index) expr(b *block, e script.Expr) {
	switch e := e.(type) {
	case *script.Name:
		x.use(e.Span, x.value(b, e.Name))
	case *script.Field:
		x.use(e.Of.Span, x.value(b, e.Of.Name))
	case *script.Sum:
		for _, item := range e.Items {
			x.expr(b, item)
		}
	case *script.List:
		for _, item := range e.Items {
			x.expr(b, item)
		}
	case *script.Dict:
		for _, item := range e.Items {
			x.expr(b, item.Value)
		}
	}
}

// value is what a name stands for where a value is wanted.
func (x *index) value(b *block, name string) *symbol {
	if y := b.variable(name); y != nil {
		return y
	}
	return x.constants[name]
}

func (x *index) rule(r script.RuleExpr) {
	switch r := r.(type) {
	case *script.RuleName:
		x.use(r.Span, x.rules[r.Name])
	case *script.RuleNot:
		x.rule(r.Rule)
	case *script.RuleOp:
		x.rule(r.Left)
		x.rule(r.Right)
	case *script.Predicate:
		if slices.ContainsFunc(script.Predicates(), func(p script.PredicateInfo) bool { return p.Name == r.Name.Name }) {
			x.use(r.Name.Span, x.external(symbol{kind: Predicate, name: r.Name.Name}))
		}
		for _, a := range r.Args {
			x.expr(x.program, a.Value)
			if n := r.Name.Name; n == "near" || n == "apart" {
				x.company(a.Value)
			}
		}
	}
}

// company enters the actors that near and apart name, which are strings.
func (x *index) company(e script.Expr) {
	list, ok := e.(*script.List)
	if !ok {
		return
	}
	for _, item := range list.Items {
		s, ok := item.(*script.Scalar)
		if !ok {
			continue
		}
		name, _ := s.Value.(string)
		if int(s.End.Offset-s.Start.Offset) != len(name)+2 || s.Start.Line != s.End.Line {
			continue // it is written with escapes, or in pieces
		}
		at := script.Span{Start: shift(s.Start, 1), End: shift(s.End, -1), Src: s.Src}
		x.paths(x.block(s.Src, s.Start.Offset), []script.Ident{{Span: at, Name: name}})
	}
}

// references enters the names in port references, &actor.port, which are
// strings to the tree.
func (x *index) references() {
	for n, t := range x.file.Texts {
		for _, l := range script.Lex(t.Src) {
			if l.Kind != script.LexString || t.Src[l.Start.Offset] != '&' {
				continue
			}
			actor, port, ok := strings.Cut(string(t.Src[l.Start.Offset+1:l.End.Offset]), ".")
			b := x.block(int32(n), l.Start.Offset)
			inst := b.instance(actor)
			if !ok || inst == nil {
				continue
			}
			at := script.Span{Start: shift(l.Start, 1), End: shift(l.Start, 1+len(actor)), Src: int32(n)}
			x.use(at, inst)
			y := x.portOf(inst, OutPort, port)
			if y == nil {
				y = x.portOf(inst, InPort, port)
			}
			x.use(script.Span{Start: shift(at.End, 1), End: l.End, Src: int32(n)}, y)
		}
	}
}

// block is the innermost block around an offset of a text.
func (x *index) block(src, offset int32) *block {
	holds := func(b *block) bool {
		at := b.span()
		return at.Src == src && at.Start.Offset < offset && offset < at.End.Offset
	}
	in := x.program
	for _, b := range x.blocks {
		if holds(b) {
			in = b
		}
	}
	for deeper := true; deeper; {
		deeper = false
		for _, b := range in.inner {
			if holds(b) {
				in, deeper = b, true
				break
			}
		}
	}
	return in
}
