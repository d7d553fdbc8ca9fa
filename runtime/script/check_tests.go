package script

import (
	"slices"
	"strings"
)

// checkTest looks at the lines of a test that can be seen before it is made:
// the ports it gives tokens to and expects them of, and its values.
func (p *program) checkTest(b *block) {
	for _, s := range b.test.Body {
		switch s := s.(type) {
		case *Give:
			p.checkTestPort(b, &s.Port, "in")
			p.checkTokens(b, s.Tokens)
		case *Expect:
			p.checkTestPort(b, &s.Port, "out")
			p.checkTokens(b, s.Tokens)
		case *Set:
			p.meaning(b).eval(s.Value)
		}
	}
}

func (p *program) checkTokens(b *block, e Expr) {
	v, st := p.meaning(b).eval(e)
	if _, ok := v.value.([]any); st == known && !ok {
		p.report(notTokens.at(p.file, e.Where(), wordsOf(v.value)).help("write the tokens as a list: [1, 2, 3]"))
	}
}

// checkTestPort looks at the port of a give or expect. Those of paths are
// looked for when the test is made.
func (p *program) checkTestPort(b *block, n *PortName, dir string) {
	if n.Actor == nil || strings.Contains(n.Actor.Name, ":") {
		return
	}
	e := portEnd(n)
	in, ok := b.find(e.actor)
	if !ok {
		p.undefined(b, e.actor, e.who, "")
	} else if !in.has(e.port, dir) {
		what, typ := in.is()
		p.report(p.nearestPort(noPort.at(p.file, e.where, what, e.actor, typ, dir, e.port), in, e, dir))
	}
}

// port is what a port of a give or expect leads to in what was made. Side is
// that of an actor's port.
func (x *expander) port(f *frame, n *PortName, side string) []socket {
	if n.Actor == nil {
		return nil // the parser has said so
	}
	frames, name := []*frame{f}, n.Actor.Name
	i := strings.LastIndexByte(name, ':')
	if i >= 0 {
		around, _ := x.find(x.app, name[:i])
		frames, name = x.frames[around], name[i+1:]
	}
	for _, at := range frames {
		in, ok := at.block.find(name)
		if !ok {
			continue
		}
		if in.has(n.Port.Name, side) {
			ends, _ := at.ends(end{actor: name, port: n.Port.Name}, side)
			return ends
		}
		if i >= 0 {
			e := portEnd(n)
			what, typ := in.is()
			x.report(x.nearestPort(noPort.at(x.file, e.where, what, e.actor, typ, side, e.port), in, e, side))
		}
		return nil
	}
	if i >= 0 {
		near := slices.Concat(f.block.nearby(), x.paths())
		x.report(undefinedActor.at(x.file, n.Actor.Span, n.Actor.Name).meant(n.Actor.Span, n.Actor.Name, near).
			or("name it as the graph does, without the application and with _ for -: bed_3:ecg"))
	}
	return nil
}
