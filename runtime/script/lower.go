package script

import (
	"fmt"
	"maps"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A program is what the steps after the parser work on: one block for the
// script and one for each component, in which literals, transforms, voidport
// and port lists have become actors and single links.
type program struct {
	file   *File
	types  Types
	names  []string // of actor types, for suggestions
	app    string
	issues Issues
	broken bool            // the text had errors: what seems missing may be there
	lost   map[string]bool // names whose declaration has been reported already

	consts map[string]any // by name, resolved
	comps  map[string]*block
	main   *block
	blocks []*block // components in the order of the script, then main

	doubled map[int32]bool // where a link made twice has been reported

	literals, transforms, voids int // numbers given so far

	rules map[string]*flow.Rule // by path of the actor or component
}

// A block is a component's body or the program.
type block struct {
	comp   *Component // nil: the program
	params map[string]bool
	used   map[string]bool // parameters seen
	insts  []*inst
	byName map[string]*inst
	wires  []wire
	props  []*prop
	live   bool // the program, or a component that it leads to
}

// An inst is an actor or an instance of a component.
type inst struct {
	name  string
	where Span // of the statement, or of what it was made from
	typ   string
	args  []Arg
	made  bool // not declared: made from a literal, transform or voidport

	comp *block     // of a component; else nil
	spec *flow.Spec // of an actor; nil: the type is unknown
}

// An end is one end of a wire.
type end struct {
	actor string // "": a port of the component itself
	port  string
	where Span
	who   Span // of the actor's name
}

// A wire is one link before components are expanded.
type wire struct {
	from, to end
	where    Span
}

// A prop is a property statement whose port is known.
type prop struct {
	*Property
	inst *inst  // nil: a port of the component itself
	dir  string // "in" or "out" of inst, or of the component as its body sees it
}

func newProgram(f *File, types Types, opts []Option) *program {
	o := options{app: AppName(f.Name)}
	for _, opt := range opts {
		opt(&o)
	}
	lost := maps.Clone(f.lost)
	if lost == nil {
		lost = map[string]bool{}
	}
	p := &program{
		lost: lost,
		file: f, types: types, names: o.names, app: o.app,
		issues: append(Issues{}, f.issues...), broken: f.issues.Err() != nil,
		consts: map[string]any{}, comps: map[string]*block{}, doubled: map[int32]bool{}, rules: map[string]*flow.Rule{},
	}
	return p
}

func (p *program) report(i Issue) { p.issues = append(p.issues, i) }

// lower makes the blocks.
func (p *program) lower() {
	for _, c := range p.file.Components {
		b := p.block(c, c.Body)
		if old, ok := p.comps[c.Name.Name]; ok {
			p.report(repeatedComp.at(p.file, c.Name.Span, c.Name.Name).see(old.comp.Name.Span, "defined here first"))
			continue
		}
		p.comps[c.Name.Name] = b
		p.blocks = append(p.blocks, b)
	}
	p.main = p.block(nil, p.file.Body)
	p.blocks = append(p.blocks, p.main)
}

func (p *program) block(c *Component, body []Stmt) *block {
	b := &block{comp: c, params: map[string]bool{}, used: map[string]bool{}, byName: map[string]*inst{}}
	if c != nil {
		for _, id := range c.Params {
			b.params[id.Name] = true
		}
	}
	// Calvin numbers the sinks of a block before its sources.
	sinks, sources := p.voids, p.voids
	for _, s := range body {
		if l, ok := s.(*Link); ok && l.To[0].Void {
			sources++
		}
	}
	for _, s := range body {
		switch s := s.(type) {
		case *Instance:
			p.add(b, &inst{name: s.Name.Name, where: s.Span, typ: s.Type.Name, args: s.Args})
		case *Property:
			b.props = append(b.props, &prop{Property: s})
		case *Link:
			p.link(b, s, &sinks, &sources)
		}
	}
	p.voids = sources
	return b
}

// add puts an instance into a block.
func (p *program) add(b *block, in *inst) {
	if old, ok := b.byName[in.name]; ok {
		p.report(repeatedActor.at(p.file, in.where, in.name).see(old.where, "declared here first").
			help("choose another name for one of them"))
		return
	}
	b.byName[in.name] = in
	b.insts = append(b.insts, in)
}

// link turns one statement into wires between ports of actors.
func (p *program) link(b *block, l *Link, sinks, sources *int) {
	var from end
	switch {
	case l.From.Port != nil:
		from = portEnd(l.From.Port)
	case l.From.Value != nil:
		name := name(l.From.Label, "_literal_const_%d", &p.literals)
		at := l.From.Value.Where()
		p.add(b, &inst{name: name, where: at, typ: "std.Constant", args: made("data", l.From.Value), made: true})
		from = end{actor: name, port: "token", where: at, who: at}
	}
	for _, t := range l.To {
		f := from
		if l.From.Void {
			*sources++
			name := fmt.Sprintf("_void_%d", *sources)
			p.add(b, &inst{name: name, where: l.From.Span, typ: "flow.Void", made: true})
			f = end{actor: name, port: "void", where: l.From.Span, who: l.From.Span}
			p.report(voidSource.at(p.file, l.From.Span, t.Port.String()))
		}
		to := end{port: "void", where: t.Span, who: t.Span}
		if t.Void {
			*sinks++
			to.actor = fmt.Sprintf("_void_%d", *sinks)
			p.add(b, &inst{name: to.actor, where: t.Span, typ: "flow.Terminator", made: true})
		} else {
			to = portEnd(t.Port)
		}
		if tr := t.Transform; tr != nil {
			name := name(tr.Label, "_transform_%d", &p.transforms)
			at := tr.Value.Where()
			p.add(b, &inst{name: name, where: at, typ: "std.Constantify", args: made("constant", tr.Value), made: true})
			b.wires = append(b.wires, wire{from: f, to: end{actor: name, port: "in", where: at, who: at}, where: l.Span})
			f = end{actor: name, port: "out", where: at, who: at}
		}
		b.wires = append(b.wires, wire{from: f, to: to, where: l.Span})
	}
}

// name is a label, or the next generated name.
func name(label *Ident, format string, counter *int) string {
	if label != nil {
		return label.Name
	}
	*counter++
	return fmt.Sprintf(format, *counter)
}

func made(arg string, v Expr) []Arg {
	return []Arg{{Name: Ident{Span: v.Where(), Name: arg}, Value: v}}
}

func portEnd(n *PortName) end {
	e := end{port: n.Port.Name, where: n.Span, who: n.Span}
	if n.Actor != nil {
		e.actor, e.who = n.Actor.Name, n.Actor.Span
	}
	return e
}

// String is the port as it is written.
func (n *PortName) String() string {
	if n.Actor == nil {
		return "." + n.Port.Name
	}
	return n.Actor.Name + "." + n.Port.Name
}
