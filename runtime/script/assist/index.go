package assist

import (
	"slices"
	"sort"
	"strings"

	"github.com/wardflow/wardflow/runtime/script"
)

// An index knows each name of a script, what it stands for and where it stands.
type index struct {
	file  *script.File
	types script.Types

	program   *block
	blocks    []*block // of components, in the order of the script
	constants map[string]*symbol
	comps     map[string]*symbol
	rules     map[string]*symbol
	groups    map[string]*symbol
	outside   map[string]*symbol // by kind and name: what no text declares
	uses      []use              // in the order of the texts
	done      bool               // it is read only from now on
}

func newIndex(f *script.File, types script.Types) *index {
	x := &index{file: f, types: types,
		constants: map[string]*symbol{}, comps: map[string]*symbol{}, rules: map[string]*symbol{},
		groups: map[string]*symbol{}, outside: map[string]*symbol{}}
	x.program = newBlock(nil)
	x.declare()
	x.refer()
	x.done = true
	slices.SortStableFunc(x.uses, func(a, b use) int {
		if a.at.Src != b.at.Src {
			return int(a.at.Src - b.at.Src)
		}
		return int(a.at.Start.Offset - b.at.Start.Offset)
	})
	return x
}

func newBlock(parent *block) *block {
	return &block{parent: parent, insts: map[string]*symbol{}, vars: map[string]*symbol{}, linked: map[end]bool{}}
}

// at is the use that an offset of the script itself is in, or right behind.
func (x *index) at(offset int) (use, bool) {
	n := sort.Search(len(x.uses), func(i int) bool {
		return x.uses[i].at.Src > 0 || int(x.uses[i].at.Start.Offset) > offset
	})
	best, found := use{}, false
	for i := n - 1; i >= 0 && n-i < 8; i-- { // a path's parts lie within it
		u := x.uses[i]
		if int(u.at.End.Offset) < offset {
			continue
		}
		inside := int(u.at.End.Offset) > offset
		if !found || inside && int(best.at.End.Offset) == offset {
			best, found = u, true
		}
	}
	return best, found
}

// declare enters all names of declarations.
func (x *index) declare() {
	f := x.file
	for _, c := range f.Constants {
		x.enter(x.constants, &symbol{kind: Constant, name: c.Name.Name, decl: c.Name.Span, node: c})
	}
	for _, c := range f.Components {
		b := newBlock(nil)
		b.comp, b.in, b.out = c, map[string]*symbol{}, map[string]*symbol{}
		x.enter(x.comps, &symbol{kind: Component, name: c.Name.Name, decl: c.Name.Span, node: c, comp: c, in: b})
		x.blocks = append(x.blocks, b)
		for i := range c.Params {
			p := &c.Params[i]
			y := &symbol{kind: Parameter, name: p.Name, decl: p.Span, node: p, comp: c, in: b}
			y.arg.Name, y.arg.Required = p.Name, p.Default == nil
			x.enter(b.vars, y)
		}
		for _, id := range c.In {
			x.enter(b.in, &symbol{kind: InPort, name: id.Name, decl: id.Span, comp: c, in: b})
		}
		for _, id := range c.Out {
			x.enter(b.out, &symbol{kind: OutPort, name: id.Name, decl: id.Span, comp: c, in: b})
		}
		x.body(b, c.Body)
	}
	x.body(x.program, f.Body)
}

// body enters what statements declare.
func (x *index) body(b *block, body []script.Stmt) {
	for _, stmt := range body {
		switch stmt := stmt.(type) {
		case *script.Instance:
			x.enter(b.insts, &symbol{kind: Instance, name: stmt.Name.Name, decl: stmt.Name.Span, node: stmt, in: b, typ: stmt.Type.Name})
		case *script.Link:
			x.labels(b, stmt)
		case *script.RuleDef:
			x.enter(x.rules, &symbol{kind: Rule, name: stmt.Name.Name, decl: stmt.Name.Span, node: stmt})
		case *script.Group:
			x.enter(x.groups, &symbol{kind: Group, name: stmt.Name.Name, decl: stmt.Name.Span, node: stmt})
		case *script.For:
			in := newBlock(b)
			in.loop = stmt
			b.inner = append(b.inner, in)
			x.enter(in.vars, &symbol{kind: Variable, name: stmt.Var.Name, decl: stmt.Var.Span, node: stmt, in: in})
			x.body(in, stmt.Body)
		case *script.Test:
			in := newBlock(b)
			in.test = stmt
			b.inner = append(b.inner, in)
			x.body(in, stmt.Body)
		}
	}
}

// labels enters the actors that literals and transforms with labels become.
func (x *index) labels(b *block, l *script.Link) {
	if l.From.Label != nil {
		typ := "std.Constant"
		if l.From.Once {
			typ = "std.Once"
		}
		x.enter(b.insts, &symbol{kind: Instance, name: l.From.Label.Name, decl: l.From.Label.Span, node: l, in: b, typ: typ})
	}
	for _, t := range l.To {
		if tr := t.Transform; tr != nil && tr.Label != nil {
			x.enter(b.insts, &symbol{kind: Instance, name: tr.Label.Name, decl: tr.Label.Span, node: l, in: b, typ: "std.Constantify"})
		}
	}
}

// enter puts a symbol among those of its kind; of two of one name the first
// is meant elsewhere.
func (x *index) enter(among map[string]*symbol, y *symbol) {
	if among[y.name] == nil {
		among[y.name] = y
	}
	x.uses = append(x.uses, use{y.decl, y, true})
}

// external is the symbol of a name that no text declares: one for all uses.
func (x *index) external(y symbol) *symbol {
	key := string(y.kind) + " " + y.name
	if old := x.outside[key]; old != nil {
		return old
	}
	if !x.done {
		x.outside[key] = &y
	}
	return &y
}

// typed finds the type of instances, or nil: an actor type or a component.
func (x *index) typed(name string) *symbol {
	if strings.Contains(name, ".") {
		if spec, ok := x.types(name); ok {
			return x.external(symbol{kind: ActorType, name: name, spec: &spec})
		}
	}
	return x.comps[name]
}

// portOf finds a port of an instance, or nil.
func (x *index) portOf(inst *symbol, dir Kind, port string) *symbol {
	switch t := x.typed(inst.typ); {
	case t == nil:
		return nil
	case t.kind == Component && dir == InPort:
		return t.in.in[port]
	case t.kind == Component:
		return t.in.out[port]
	case dir == InPort:
		if p, ok := t.spec.InPort(port); ok {
			return x.external(symbol{kind: InPort, name: inst.typ + "." + port, port: p, spec: t.spec})
		}
	default:
		if p, ok := t.spec.OutPort(port); ok {
			return x.external(symbol{kind: OutPort, name: inst.typ + "." + port, port: p, spec: t.spec})
		}
		if port == deadLetter.Name {
			return x.external(symbol{kind: OutPort, name: inst.typ + "." + port, port: deadLetter, spec: t.spec})
		}
	}
	return nil
}
