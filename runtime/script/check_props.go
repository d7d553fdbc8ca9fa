package script

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// checkProps finds the port of each property statement of a block and looks at
// the values that are known.
//
// Used is known when all links of the component or program are.
func (p *program) checkProps(b *block, used uses) {
	for _, it := range b.items {
		s := it.prop
		if s == nil {
			continue
		}
		p.bind(b, s)
		port := s.Port.Port.Name
		linked := used[use{s.inst, port, "in"}] || used[use{s.inst, port, "out"}]
		if s.dir != "" && !linked && !p.broken && b.test == nil && (s.inst == nil || !s.inst.misnamed) {
			p.report(idleProperty.at(p.file, s.Port.Span, s.Port.String()).help("link the port, or leave this line out"))
		}
		for _, a := range s.Args {
			if v, st := p.meaning(b).eval(a.Value); st == known && s.dir != "" {
				p.softly(b, func() { p.checkProperty(a, s.dir, v.value) })
			}
		}
	}
}

// bind finds out which port a property statement speaks of. If it can't, the
// statement's dir stays empty.
func (p *program) bind(b *block, s *prop) {
	var in, out bool
	port := s.Port.Port.Name
	var near []string
	switch {
	case s.Port.Actor != nil:
		inst, ok := b.find(s.Port.Actor.Name)
		if !ok {
			p.undefined(b, s.Port.Actor.Name, s.Port.Actor.Span, noSuchPort.reason)
			return
		}
		ins, ok := inst.ports("in")
		outs, _ := inst.ports("out")
		if !ok {
			return
		}
		s.inst = inst
		in, out = slices.Contains(ins, port), inst.has(port, "out")
		near = append(ins, outs...)
	case b.inner() == nil:
		p.report(innerOutside.at(p.file, s.Port.Span, port).help("write the actor before the dot"))
		return
	default: // the inner view: tokens come in from the actors at out-ports
		ins, outs := idents(b.inner().Out), idents(b.inner().In)
		in, out = slices.Contains(ins, port), slices.Contains(outs, port)
		near = append(ins, outs...)
	}
	p.turn(s, in, out, near)
}

// turn settles the direction of a property statement whose port's name is an
// in-port, an out-port or both.
func (p *program) turn(s *prop, in, out bool, near []string) {
	words := map[bool]string{true: "an in-port", false: "an out-port"}
	name, port := s.Port.String(), s.Port.Port
	switch {
	case !in && !out:
		p.report(noSuchPort.at(p.file, s.Port.Span, name).meant(port.Span, port.Name, near).
			or("there are %s", listed(near, "no ports")))
	case s.Dir == nil && in && out:
		p.report(needDirection.at(p.file, s.Port.Span, name).help("write %s[in](...) or %s[out](...)", name, name))
	case s.Dir != nil && (s.Dir.Name == "in" && !in || s.Dir.Name == "out" && !out):
		i := wrongDirection.at(p.file, s.Dir.Span, name, words[in], words[!in]).
			put(s.Dir.Span, other(s.Dir.Name), "write [%s] or leave it out", other(s.Dir.Name))
		if s.inst == nil {
			i.Hint = "inside a component [in] and [out] mean the view from inside: " + i.Hint
		}
		p.report(i)
	case s.Dir != nil:
		s.dir = s.Dir.Name
	case in:
		s.dir = "in"
	default:
		s.dir = "out"
	}
}

// declared are the properties that the actor's type gives a port.
func declared(in *inst, dir string) map[string]flow.Value {
	if in.spec == nil {
		return nil
	}
	ports := in.spec.In
	if dir == "out" {
		ports = in.spec.Out
	}
	props := map[string]flow.Value{}
	for _, port := range ports {
		if port.Routing != "" && port.Routing != "default" {
			props[port.Name] = port.Routing
		}
	}
	return props
}
