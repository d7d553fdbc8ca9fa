package script

import (
	"fmt"
	"maps"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/kind"
)

// A program is what the steps after the parser work on: one block for the
// script, one for each component, test and for, in which literals, transforms,
// voidport and port lists have become actors and single links.
type program struct {
	file   *File
	types  Types
	names  []string // of actor types, for suggestions
	acts   Actions  // nil: unknown
	app    string
	issues Issues
	effort effort
	broken bool            // the text had errors: what seems missing may be there
	lost   map[string]bool // names whose declaration has been reported already

	consts     map[string]binding // by name, resolved
	usedConsts map[string]bool
	comps      map[string]*block
	main       *block
	tests      []*block
	blocks     []*block // components in the order of the script, then main, then tests

	pl      *placing       // the rule section
	doubled map[*wire]bool // links made twice that have been reported
	kinds   map[string]kind.Kind

	literals, transforms, voids int // numbers given so far
}

// A block is a component's body, the program, or the body of a for or a test,
// which stands in another block.
type block struct {
	parent *block     // of a for or test: the block around; else nil
	comp   *Component // whose body it is; nil: the program's, or part of another
	loop   *For
	test   *Test
	vars   map[string]bool // the parameters, or the variable of the for
	used   map[string]bool // those seen

	items   []item // in the order of the script
	insts   []*inst
	byName  map[string]*inst
	applies []*Apply
	live    bool // of a component or the program: the program leads to it
}

// An item is one thing that a statement makes: the one that is not nil.
type item struct {
	inst *inst
	prop *prop
	wire *wire
	loop *block
}

// An inst is an actor or an instance of a component.
type inst struct {
	name  string
	where Span // of the statement, or of what it was made from
	typ   string
	at    Span // of the type's name
	args  []Arg
	made  bool // not declared: made from a literal, transform or voidport

	misnamed bool // a link names a port that it does not have

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

func newProgram(f *File, types Types, o options) *program {
	lost := maps.Clone(f.lost)
	if lost == nil {
		lost = map[string]bool{}
	}
	return &program{
		file: f, types: types, names: o.names, acts: o.actions, app: o.app, lost: lost,
		issues: append(Issues{}, f.issues...), broken: f.issues.Err() != nil,
		effort: effort{most: o.steps},
		consts: map[string]binding{}, usedConsts: map[string]bool{}, comps: map[string]*block{},
		doubled: map[*wire]bool{}, kinds: map[string]kind.Kind{},
	}
}

// maxFound is how many mistakes the checker tells of.
const maxFound = 1000

func (p *program) report(i Issue) {
	if len(p.issues) < len(p.file.issues)+maxFound {
		p.issues = append(p.issues, i)
	}
}

// softly does what reports mistakes that Calvin sees only in what the program
// leads to: in a component that nothing uses they are warnings.
func (p *program) softly(b *block, do func()) {
	from := len(p.issues)
	do()
	if b.root().live {
		return
	}
	for i := from; i < len(p.issues); i++ {
		p.issues[i].Severity = Warning
	}
}

// lower makes the blocks. Tests come last, so that a test changes no name of
// the program.
func (p *program) lower() {
	for _, c := range p.file.Components {
		b := p.block(&block{comp: c}, c.Body)
		if old, ok := p.comps[c.Name.Name]; ok {
			p.report(repeatedComp.at(p.file, c.Name.Span, c.Name.Name).see(old.comp.Name.Span, "defined here first"))
			continue
		}
		p.comps[c.Name.Name] = b
		p.blocks = append(p.blocks, b)
	}
	p.main = p.block(&block{}, p.file.Body)
	p.blocks = append(p.blocks, p.main)
	for _, s := range p.file.Body {
		if t, ok := s.(*Test); ok {
			b := p.block(&block{parent: p.main, test: t}, t.Body)
			p.tests = append(p.tests, b)
			p.blocks = append(p.blocks, b)
		}
	}
}

// block fills a block with what its statements make.
func (p *program) block(b *block, body []Stmt) *block {
	b.vars, b.used, b.byName = map[string]bool{}, map[string]bool{}, map[string]*inst{}
	if b.comp != nil {
		for _, param := range b.comp.Params {
			b.vars[param.Name] = true
		}
	}
	if b.loop != nil {
		b.vars[b.loop.Var.Name] = true
	}
	// Calvin numbers the sinks of a block before its sources.
	sinks, sources := p.voids, p.voids
	for _, s := range body {
		if l, ok := s.(*Link); ok && l.From.Void {
			p.voids += len(l.To)
		} else if ok && l.To[0].Void {
			sources++
			p.voids++
		}
	}
	for _, s := range body {
		switch s := s.(type) {
		case *Instance:
			p.add(b, &inst{name: s.Name.Name, where: s.Span, typ: s.Type.Name, at: s.Type.Span, args: s.Args})
		case *Property:
			b.items = append(b.items, item{prop: &prop{Property: s}})
		case *Link:
			p.link(b, s, &sinks, &sources)
		case *Apply:
			b.applies = append(b.applies, s)
		case *For:
			b.items = append(b.items, item{loop: p.block(&block{parent: b, loop: s}, s.Body)})
		}
	}
	return b
}

// add puts an instance into a block, unless there is one of its name.
func (p *program) add(b *block, in *inst) bool {
	old, ok := b.byName[in.name]
	if !ok && b.test != nil {
		old, ok = b.parent.byName[in.name]
	}
	if ok {
		p.report(repeatedActor.at(p.file, in.where, in.name).see(old.where, "declared here first").
			help("choose another name for one of them"))
		return false
	}
	b.byName[in.name] = in
	b.insts = append(b.insts, in)
	b.items = append(b.items, item{inst: in})
	return true
}

// link turns one statement into wires between ports of actors.
func (p *program) link(b *block, l *Link, sinks, sources *int) {
	wired := func(from, to end) {
		b.items = append(b.items, item{wire: &wire{from, to, l.Span}})
	}
	var from end
	switch {
	case l.From.Port != nil:
		from = portEnd(l.From.Port)
	case l.From.Value != nil:
		from = p.literal(b, &l.From)
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
			at := tr.Value.Where()
			name := p.value(b, tr.Label, "_transform_%d", &p.transforms,
				&inst{where: at, typ: "std.Constantify", args: made("constant", tr.Value)})
			wired(f, end{actor: name, port: "in", where: at, who: at})
			f = end{actor: name, port: "out", where: at, who: at}
		}
		wired(f, to)
	}
}

// literal makes the actor that gives a literal's tokens.
func (p *program) literal(b *block, s *Source) end {
	typ := "std.Constant"
	if s.Once {
		typ = "std.Once"
	}
	at := s.Value.Where()
	name := p.value(b, s.Label, "_literal_const_%d", &p.literals, &inst{where: at, typ: typ, args: made("data", s.Value)})
	return end{actor: name, port: "token", where: at, who: at}
}

// value makes the actor that stands for a value, under its label or the next
// generated name.
func (p *program) value(b *block, label *Ident, format string, counter *int, in *inst) string {
	in.made = true
	if label == nil {
		*counter++
		in.name = fmt.Sprintf(format, *counter)
		p.add(b, in)
		return in.name
	}
	in.name, in.where = label.Name, label.Span
	if !p.add(b, in) { // so that its links are not taken for the other's
		in.name += "'"
		p.add(b, in)
	}
	return in.name
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

// root is the component or program that a block is part of.
func (b *block) root() *block {
	for b.parent != nil {
		b = b.parent
	}
	return b
}

// inner is the component that a block is part of; nil: the program.
func (b *block) inner() *Component { return b.root().comp }

// find is the instance that a name means in a block: its own, else that of a
// block around.
func (b *block) find(name string) (*inst, bool) {
	for at := b; at != nil; at = at.parent {
		if in, ok := at.byName[name]; ok {
			return in, true
		}
	}
	return nil, false
}

// nearby are the names of the instances that a block can speak of.
func (b *block) nearby() []string {
	var names []string
	for at := b; at != nil; at = at.parent {
		names = append(names, few(at.byName)...)
	}
	return names
}

// each calls do for the block and those of the fors in it, outermost first.
func (b *block) each(do func(*block)) {
	do(b)
	for _, it := range b.items {
		if it.loop != nil {
			it.loop.each(do)
		}
	}
}
