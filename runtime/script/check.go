package script

import (
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Check looks for every mistake that can be seen without expanding components.
// Its issues include those of Parse.
func Check(f *File, types Types, opts ...Option) Issues {
	p := newProgram(f, types, opts)
	p.check()
	return p.issues.settle(p.file)
}

// check fills the program and reports whether it can be expanded.
func (p *program) check() bool {
	if p.app == "" || strings.ContainsAny(p.app, ":\n") || strings.Contains(p.app, " > ") {
		p.report(badApp.at(p.file, Span{Start: Pos{1, 1, 0}, End: Pos{1, 1, 0}}, p.app).help("letters, digits, - and _ do"))
	}
	p.constants()
	p.lower()
	for _, b := range p.blocks {
		for _, in := range b.insts {
			p.resolve(in)
		}
	}
	sound := p.cycles()
	p.reach(p.main)
	for _, b := range p.blocks {
		p.checkBlock(b)
	}
	p.checkRules()
	return sound
}

// resolve finds the type of an instance.
func (p *program) resolve(in *inst) {
	dotted := strings.Contains(in.typ, ".")
	if dotted {
		if spec, ok := p.types(in.typ); ok {
			in.spec = &spec
			return
		}
	}
	if b, ok := p.comps[in.typ]; ok {
		in.comp = b
		return
	}
	if p.lost[in.typ] {
		return
	}
	if dotted {
		p.report(unknownType.at(p.file, in.where, in.typ).help("%s", p.nearestType(in.typ)))
		return
	}
	p.report(missingComp.at(p.file, in.where, in.typ).help("%s", p.nearestType(in.typ)))
}

// nearestType suggests a type or component, by its whole name or, when it was
// written without or in the wrong namespace, by its last part.
func (p *program) nearestType(name string) string {
	if s := nearest(name, append(keys(p.comps), p.names...)); s != "" {
		return s
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	for _, full := range p.names {
		if strings.EqualFold(full[strings.LastIndexByte(full, '.')+1:], last) {
			return "did you mean '" + full + "'?"
		}
	}
	if !strings.Contains(name, ".") {
		return "define it with component " + name + "(...), or write an actor type with its namespace"
	}
	return ""
}

// cycles reports components that contain themselves.
func (p *program) cycles() bool {
	sound := true
	const open, done = 1, 2
	state := map[*block]int{}
	var trail []string
	var visit func(b *block)
	visit = func(b *block) {
		state[b] = open
		trail = append(trail, b.comp.Name.Name)
		for _, in := range b.insts {
			switch {
			case in.comp == nil || state[in.comp] == done:
			case state[in.comp] == open:
				sound = false
				name := in.comp.comp.Name
				path := append(slices.Clone(trail[slices.Index(trail, name.Name):]), name.Name)
				p.report(circularComp.at(p.file, name.Span, name.Name, strings.Join(path, " > ")).
					see(in.where, "this closes the circle").help("a component can't be part of itself"))
			default:
				visit(in.comp)
			}
		}
		trail = trail[:len(trail)-1]
		state[b] = done
	}
	for _, b := range p.blocks {
		if b.comp != nil && state[b] == 0 {
			visit(b)
		}
	}
	return sound
}

// reach marks a block and all that it leads to.
func (p *program) reach(b *block) {
	if b.live {
		return
	}
	b.live = true
	for _, in := range b.insts {
		if in.comp != nil {
			p.reach(in.comp)
		}
	}
}

func (p *program) checkBlock(b *block) {
	if b.comp != nil {
		p.checkHead(b.comp)
	}
	for _, in := range b.insts {
		p.checkArgs(b, in)
	}
	p.checkWires(b)
	p.checkProps(b)
	if b.comp == nil || p.broken {
		return
	}
	for _, id := range b.comp.Params {
		if !b.used[id.Name] {
			p.report(unusedParam.at(p.file, id.Span, id.Name).help("use it or leave it out"))
		}
	}
}

// checkHead looks at a component's first line.
func (p *program) checkHead(c *Component) {
	for _, list := range []struct {
		what string
		ids  []Ident
	}{{"argument", paramNames(c.Params)}, {"in-port", c.In}, {"out-port", c.Out}} {
		seen := map[string]Ident{}
		for _, id := range list.ids {
			if old, ok := seen[id.Name]; ok {
				p.report(repeatedName.at(p.file, id.Span, list.what, id.Name).see(old.Span, "named here first"))
			}
			seen[id.Name] = id
		}
	}
	if _, ok := p.types(c.Name.Name); ok && strings.Contains(c.Name.Name, ".") {
		p.report(hiddenComp.at(p.file, c.Name.Span, c.Name.Name).help("choose another name"))
	}
}

// checkArgs looks at the arguments of an instance.
func (p *program) checkArgs(b *block, in *inst) {
	var specs []flow.ArgSpec
	switch {
	case in.spec != nil:
		specs = in.spec.Args
	case in.comp != nil:
		for _, id := range in.comp.comp.Params {
			specs = append(specs, flow.ArgSpec{Name: id.Name, Required: id.Default == nil})
		}
	}
	known := in.spec != nil || in.comp != nil
	given := map[string]Ident{}
	for _, a := range in.args {
		if old, ok := given[a.Name.Name]; ok {
			p.report(repeatedArg.at(p.file, a.Name.Span, a.Name.Name).see(old.Span, "given here first"))
		}
		given[a.Name.Name] = a.Name
		v, ok := p.checkValue(b, a.Value)
		if !known {
			continue
		}
		i := slices.IndexFunc(specs, func(s flow.ArgSpec) bool { return s.Name == a.Name.Name })
		if i < 0 {
			p.report(excessArg.at(p.file, a.Name.Span, a.Name.Name).help("%s", p.argHint(in, a.Name.Name, specs, in.args)))
		} else if ok && !fits(specs[i], v) {
			p.report(p.wrongArg(a, specs[i], v))
		}
	}
	for _, s := range specs {
		if _, ok := given[s.Name]; ok {
			continue
		}
		if s.Required {
			p.report(missingArg.at(p.file, in.where, s.Name).help("%s", oneLine(in.typ+"("+s.Name+"=...)", s.Doc)))
		} else {
			p.report(defaultArg.at(p.file, in.where, s.Name))
		}
	}
}

func (p *program) wrongArg(a Arg, s flow.ArgSpec, v flow.Value) Issue {
	return wrongArg.at(p.file, a.Value.Where(), a.Name.Name, kindWords[kindOf(v)], kindWords[s.Kind])
}

func oneLine(what, doc string) string {
	if doc == "" {
		return "give " + what
	}
	return "give " + what + ": " + doc
}

// argHint suggests an argument that has not been given.
func (p *program) argHint(in *inst, name string, specs []flow.ArgSpec, given []Arg) string {
	var free, all []string
	for _, s := range specs {
		all = append(all, s.Name)
		if !slices.ContainsFunc(given, func(a Arg) bool { return a.Name.Name == s.Name }) {
			free = append(free, s.Name)
		}
	}
	if s := nearest(name, free); s != "" {
		return s
	}
	if len(all) == 0 {
		return in.typ + " takes no arguments"
	}
	return in.typ + " takes " + strings.Join(all, ", ")
}

// checkValue looks at a name where a value is wanted. The value is known when
// it does not depend on a parameter.
func (p *program) checkValue(b *block, e Expr) (flow.Value, bool) {
	n, ok := e.(*Name)
	if !ok {
		return literal(e), true
	}
	if b.params[n.Name] {
		b.used[n.Name] = true
		return nil, false
	}
	if v, ok := p.consts[n.Name]; ok {
		return v, true
	}
	if !p.lost[n.Name] {
		i := undefinedName.at(p.file, n.Span, n.Name).
			help("%s", or(nearest(n.Name, append(keys(b.params), keys(p.consts)...)), "define "+n.Name+" = ... at the top, or write a string in quotes"))
		if !b.live {
			i.Severity = Warning // Calvin says nothing: the component is never used
		}
		p.report(i)
	}
	return nil, false
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
