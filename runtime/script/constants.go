package script

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A constants resolves what define gives names to. A constant may stand for
// one that is defined later.
type constants struct {
	p    *program
	defs map[string]*Constant
	open map[string]bool // being worked out: to come back to one is a circle
}

// constants fills program.consts.
func (p *program) constants(given map[string]flow.Value) {
	cs := &constants{p, make(map[string]*Constant, len(p.file.Constants)), map[string]bool{}}
	for _, c := range p.file.Constants {
		if old, ok := cs.defs[c.Name.Name]; ok {
			p.report(repeatedConst.at(p.file, c.Name.Span, c.Name.Name).see(old.Name.Span, "defined here first"))
			continue
		}
		cs.defs[c.Name.Name] = c
	}
	for _, name := range keys(given) {
		if cs.defs[name] == nil && !p.lost[name] {
			p.report(unknownGiven.at(p.file, Span{Start: Pos{1, 1, 0}, End: Pos{1, 1, 0}}, name).
				meant(Span{}, name, keys(cs.defs)).or("the script has %s", listed(keys(cs.defs), "no constants")))
		}
		p.consts[name] = bind(given[name])
	}
	for _, c := range p.file.Constants {
		cs.resolve(cs.defs[c.Name.Name])
	}
}

// resolve works out one constant and those that it stands on. One that goes
// wrong is lost: using it is no second mistake.
func (cs *constants) resolve(c *Constant) (binding, state) {
	name := c.Name.Name
	if b, ok := cs.p.consts[name]; ok {
		return b, known
	}
	if cs.p.lost[name] {
		return binding{}, wrong
	}
	cs.open[name] = true
	b, st := reader{cs.p, func(n *Name) (binding, state) { return cs.find(c, n) }}.eval(c.Value)
	delete(cs.open, name)
	if st != known {
		cs.p.lost[name] = true
		return binding{}, wrong
	}
	cs.p.consts[name] = b
	return b, known
}

// find is what a name in the value of c stands for.
func (cs *constants) find(c *Constant, n *Name) (binding, state) {
	p := cs.p
	p.usedConsts[n.Name] = true
	if cs.open[n.Name] {
		p.report(circularConst.at(p.file, n.Span, c.Name.Name).help("give one of the constants a value"))
		return binding{}, wrong
	}
	if next, ok := cs.defs[n.Name]; ok {
		return cs.resolve(next)
	}
	if !p.lost[n.Name] {
		p.report(undefinedConst.at(p.file, n.Span, n.Name).meant(n.Span, n.Name, few(cs.defs)).
			or("define %s = ... as well, or write a string in quotes", n.Name))
	}
	return binding{}, wrong
}

// unusedConstants warns of constants of the script itself that nothing speaks
// of. Those of included files may be for others.
func (p *program) unusedConstants() {
	for _, c := range p.file.Constants {
		if c.Span.Src != 0 || p.usedConsts[c.Name.Name] || p.lost[c.Name.Name] || p.broken {
			continue
		}
		p.report(unusedConst.at(p.file, c.Name.Span, c.Name.Name).help("use it or leave it out"))
	}
}

// meaning is what a name stands for in a block before it is made: the values
// of parameters and of the variables of for are not known yet.
func (p *program) meaning(b *block) reader {
	return reader{p, func(n *Name) (binding, state) {
		var near []string
		for at := b; at != nil; at = at.parent {
			if at.vars[n.Name] {
				at.used[n.Name] = true
				return binding{}, unknown
			}
			near = append(near, keys(at.vars)...)
		}
		return p.constant(b, n, near)
	}}
}

// constant is what a name stands for that is no parameter. Near are other names
// that may have been meant.
func (p *program) constant(b *block, n *Name, near []string) (binding, state) {
	p.usedConsts[n.Name] = true
	if c, ok := p.consts[n.Name]; ok {
		return c, known
	}
	if p.lost[n.Name] {
		return binding{}, wrong
	}
	i := undefinedName.at(p.file, n.Span, n.Name).meant(n.Span, n.Name, slices.Concat(near, few(p.consts)))
	if c := b.inner(); c != nil && slices.Contains(idents(c.In), n.Name) {
		i = i.put(n.Span, "."+n.Name, "did you mean '.%s', the port of the component?", n.Name)
	} else if in, ok := b.find(n.Name); ok && i.Hint == "" {
		i = i.see(in.where, "the actor").help("'%s' is an actor: a link needs one of its ports, %s.PORT", n.Name, n.Name)
	}
	i = i.or("define %s = ... at the top, or write a string in quotes", n.Name)
	p.softly(b, func() { p.report(i) })
	return binding{}, wrong
}
