package script

import (
	"slices"
	"strings"
)

// Check looks for every mistake there is. Its issues include those of Parse.
func Check(f *File, types Types, opts ...Option) Issues {
	return Build(f, types, opts...).Issues
}

// check fills the program and reports whether it can be expanded.
func (p *program) check(o options) bool {
	if p.app == "" || strings.ContainsAny(p.app, ":~\n") || strings.Contains(p.app, " > ") {
		p.report(badApp.at(p.file, Span{Start: Pos{1, 1, 0}, End: Pos{1, 1, 0}}, p.app).help("letters, digits, - and _ do"))
	}
	p.constants(o.args)
	p.lower()
	for _, root := range p.blocks {
		root.each(func(b *block) {
			for _, in := range b.insts {
				p.resolve(in)
			}
		})
	}
	sound := p.cycles()
	p.reach(p.main)
	for _, b := range p.blocks {
		p.checkBlock(b)
	}
	p.pl = p.placing()
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
	k := missingComp
	if dotted {
		k = unknownType
	}
	p.report(p.nearestType(k.at(p.file, in.where, in.typ).about(in.typ), in))
}

// nearestType suggests a type or component, by its whole name or, when it was
// written without or in the wrong namespace, by its last part.
func (p *program) nearestType(i Issue, in *inst) Issue {
	if len(p.issues) >= maxFound {
		return i // nobody will read it
	}
	i = i.meant(in.at, in.typ, append(few(p.comps), p.names...))
	last := in.typ[strings.LastIndexByte(in.typ, '.')+1:]
	for _, full := range p.names {
		if i.Hint == "" && strings.EqualFold(full[strings.LastIndexByte(full, '.')+1:], last) {
			i = i.put(in.at, full, "did you mean '%s'?", full)
		}
	}
	if !strings.Contains(in.typ, ".") {
		return i.or("define it with component %s(...), or write an actor type with its namespace", in.typ)
	}
	return i.or("wardflow actors lists the types there are")
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
		b.each(func(in *block) {
			for _, in := range in.insts {
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
		})
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

// reach marks a component or the program, and all that it leads to.
func (p *program) reach(b *block) {
	if b.live {
		return
	}
	b.live = true
	b.each(func(b *block) {
		for _, in := range b.insts {
			if in.comp != nil {
				p.reach(in.comp)
			}
		}
	})
}

// checkBlock looks at a component, the program or a test, and the fors in it.
func (p *program) checkBlock(root *block) {
	if root.comp != nil {
		p.checkHead(root)
	}
	used := uses{}
	root.each(func(b *block) {
		if b.loop != nil {
			p.checkLoop(b)
		}
		for _, in := range b.insts {
			p.checkArgs(b, in)
		}
		p.checkWires(b, used)
	})
	root.each(func(b *block) { p.checkProps(b, used) })
	if root.test != nil {
		p.checkTest(root)
		return
	}
	if p.broken {
		return
	}
	root.each(func(b *block) { p.checkLinked(b, used) })
	if root.comp != nil {
		p.checkBorder(root, used)
	}
}

// checkHead looks at a component's first line.
func (p *program) checkHead(b *block) {
	c := b.comp
	params := make([]Ident, len(c.Params))
	for i, param := range c.Params {
		params[i] = param.Ident
		if param.Default != nil {
			// A default knows the constants only.
			p.meaning(&block{live: true}).eval(param.Default)
		}
	}
	for _, list := range []struct {
		what string
		ids  []Ident
	}{{"argument", params}, {"in-port", c.In}, {"out-port", c.Out}} {
		seen := map[string]Ident{}
		for _, id := range list.ids {
			if old, ok := seen[id.Name]; ok {
				p.report(repeatedName.at(p.file, id.Span, list.what, id.Name).see(old.Span, "named here first").
					help("choose another name for one of them"))
			}
			seen[id.Name] = id
		}
	}
	if _, ok := p.types(c.Name.Name); ok && strings.Contains(c.Name.Name, ".") {
		p.report(hiddenComp.at(p.file, c.Name.Span, c.Name.Name).help("choose another name"))
	}
}

// checkBorder looks for parameters and ports that a component declares and
// does not use.
func (p *program) checkBorder(b *block, used uses) {
	for _, id := range b.comp.Params {
		if !b.used[id.Name] {
			p.report(unusedParam.at(p.file, id.Span, id.Name).help("use it or leave it out"))
		}
	}
	for _, id := range b.comp.In {
		if !used[use{nil, id.Name, "in"}] {
			p.report(missingInner.at(p.file, id.Span, b.comp.Name.Name, "in", id.Name).help("write .%s > ACTOR.PORT", id.Name))
		}
	}
	for _, id := range b.comp.Out {
		if !used[use{nil, id.Name, "out"}] {
			p.report(missingInner.at(p.file, id.Span, b.comp.Name.Name, "out", id.Name).help("write ACTOR.PORT > .%s", id.Name))
		}
	}
}

// checkLoop looks at the list of a for.
func (p *program) checkLoop(b *block) {
	v, st := p.meaning(b.parent).eval(b.loop.Over)
	if st == known {
		p.elements(b, v.value)
	}
}

// elements are what a for is made for.
func (p *program) elements(b *block, v any) []any {
	list, ok := v.([]any)
	if !ok {
		p.report(notList.at(p.file, b.loop.Over.Where(), wordsOf(v)).help(`write a list, such as ["1", "2"]`))
		return nil
	}
	if len(list) == 0 {
		p.report(emptyLoop.at(p.file, b.loop.Over.Where()).help("give it elements, or leave the for out"))
	}
	return list
}
