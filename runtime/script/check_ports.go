package script

import (
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// ports are the names of an instance's ports on one side; known is false when
// its type is not.
func (in *inst) ports(dir string) (names []string, known bool) {
	if in.comp != nil {
		if dir == "in" {
			return idents(in.comp.comp.In), true
		}
		return idents(in.comp.comp.Out), true
	}
	if in.spec == nil {
		return nil, false
	}
	ports := in.spec.In
	if dir == "out" {
		ports = in.spec.Out
	}
	for _, port := range ports {
		names = append(names, port.Name)
	}
	return names, true
}

func idents(ids []Ident) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id.Name
	}
	return names
}

// is names an instance as Calvin does: what it is, and of what type.
func (in *inst) is() (what, typ string) {
	if in.comp != nil {
		return "component", "local." + in.typ
	}
	return "actor", in.typ
}

func other(dir string) string {
	if dir == "in" {
		return "out"
	}
	return "in"
}

// checkWires looks at the links of a block.
func (p *program) checkWires(b *block) {
	type use struct {
		actor, port, dir string
	}
	used := map[use]bool{}
	made := map[[2]string]Span{}
	for _, w := range b.wires {
		if w.from.actor == "" && w.to.actor == "" && b.comp != nil {
			p.report(passThrough.at(p.file, w.where).help("put an actor such as std.Identity between them"))
			used[use{"", w.from.port, "in"}], used[use{"", w.to.port, "out"}] = true, true
			continue
		}
		p.checkEnd(b, w.from, "out")
		p.checkEnd(b, w.to, "in")
		if w.from.actor == "" {
			used[use{"", w.from.port, "in"}] = true
		} else {
			used[use{w.from.actor, w.from.port, "out"}] = true
		}
		if w.to.actor == "" {
			used[use{"", w.to.port, "out"}] = true
		} else {
			used[use{w.to.actor, w.to.port, "in"}] = true
		}
		ends := [2]string{w.from.actor + "." + w.from.port, w.to.actor + "." + w.to.port}
		if old, ok := made[ends]; ok {
			p.doubled[w.to.where.Start.Offset] = true
			p.report(repeatedLink.at(p.file, w.to.where, ends[0]+" > "+ends[1], ends[1]).see(old, "made here first").help("leave one of them out"))
		} else {
			made[ends] = w.to.where
		}
	}
	if p.broken {
		return
	}
	for _, in := range b.insts {
		what, typ := in.is()
		for _, dir := range []string{"in", "out"} {
			names, _ := in.ports(dir)
			for _, port := range names {
				if used[use{in.name, port, dir}] {
					continue
				}
				hint := "voidport > " + in.name + "." + port
				if dir == "out" {
					hint = in.name + "." + port + " > voidport"
				}
				p.report(missingLink.at(p.file, in.where, what, in.name, typ, dir, port).
					help("every port is linked; one that is not needed: %s", hint))
			}
		}
	}
	if b.comp == nil {
		return
	}
	for _, id := range b.comp.In {
		if !used[use{"", id.Name, "in"}] {
			p.report(missingInner.at(p.file, id.Span, b.comp.Name.Name, "in", id.Name).help(".%s > ACTOR.PORT", id.Name))
		}
	}
	for _, id := range b.comp.Out {
		if !used[use{"", id.Name, "out"}] {
			p.report(missingInner.at(p.file, id.Span, b.comp.Name.Name, "out", id.Name).help("ACTOR.PORT > .%s", id.Name))
		}
	}
}

// checkEnd looks at one end of a link. Dir is the side of an actor's port that
// may stand there.
func (p *program) checkEnd(b *block, e end, dir string) {
	if e.actor == "" {
		p.checkInner(b, e, other(dir))
		return
	}
	in, ok := b.byName[e.actor]
	if !ok {
		if !p.lost[e.actor] {
			p.report(undefinedActor.at(p.file, e.who, e.actor).help("%s", or(nearest(e.actor, keys(b.byName)), "declare it with "+e.actor+" : TYPE()")))
		}
		return
	}
	if names, known := in.ports(dir); known && !slices.Contains(names, e.port) {
		what, typ := in.is()
		p.report(noPort.at(p.file, e.where, what, e.actor, typ, dir, e.port).help("%s", p.portHint(in, e.port, dir)))
	}
}

// portHint says which port may have been meant.
func (p *program) portHint(in *inst, port, dir string) string {
	names, _ := in.ports(dir)
	if s := nearest(port, names); s != "" {
		return s
	}
	if others, _ := in.ports(other(dir)); slices.Contains(others, port) {
		return "'" + port + "' is an " + other(dir) + "-port: a link goes from an out-port to an in-port"
	}
	if len(names) == 0 {
		return in.typ + " has no " + dir + "-ports"
	}
	return in.typ + " has the " + dir + "-ports " + strings.Join(names, ", ")
}

// checkInner looks at a port of the component itself. Dir is the side of the
// component it must be on.
func (p *program) checkInner(b *block, e end, dir string) {
	if b.comp == nil {
		p.report(innerOutside.at(p.file, e.where, e.port).help("write the actor before the dot"))
		return
	}
	mine, others := idents(b.comp.In), idents(b.comp.Out)
	if dir == "out" {
		mine, others = others, mine
	}
	if slices.Contains(mine, e.port) {
		return
	}
	hint := nearest(e.port, mine)
	if hint == "" && slices.Contains(others, e.port) {
		hint = "'" + e.port + "' is an " + other(dir) + "-port: inside, in-ports stand on the left of > and out-ports on the right"
	}
	p.report(noInnerPort.at(p.file, e.where, b.comp.Name.Name, dir, e.port).
		help("%s", hint).see(b.comp.Name.Span, "the component"))
}

// checkProps finds the port of each property statement and looks at the
// values that do not depend on parameters.
func (p *program) checkProps(b *block) {
	for _, s := range b.props {
		p.bind(b, s)
		for _, a := range s.Args {
			if v, ok := p.checkValue(b, a.Value); ok && s.dir != "" {
				p.checkProperty(a, s.dir, v)
			}
		}
	}
}

// bind finds out which port a property statement speaks of. If it can't, the
// statement's dir stays empty.
func (p *program) bind(b *block, s *prop) {
	var in, out bool
	name := s.Port.String()
	port := s.Port.Port.Name
	hint := ""
	switch {
	case s.Port.Actor != nil:
		inst, ok := b.byName[s.Port.Actor.Name]
		if !ok {
			if !p.lost[s.Port.Actor.Name] {
				p.report(undefinedActor.at(p.file, s.Port.Actor.Span, s.Port.Actor.Name).help("%s", nearest(s.Port.Actor.Name, keys(b.byName))))
			}
			return
		}
		ins, known := inst.ports("in")
		outs, _ := inst.ports("out")
		if !known {
			return
		}
		s.inst = inst
		in, out = slices.Contains(ins, port), slices.Contains(outs, port)
		hint = nearest(port, append(ins, outs...))
	case b.comp == nil:
		p.report(innerOutside.at(p.file, s.Port.Span, port).help("write the actor before the dot"))
		return
	default: // the inner view: tokens come in from the actors at out-ports
		ins, outs := idents(b.comp.Out), idents(b.comp.In)
		in, out = slices.Contains(ins, port), slices.Contains(outs, port)
		hint = nearest(port, append(ins, outs...))
	}
	p.turn(s, name, in, out, hint)
}

// turn settles the direction of a property statement whose port's name is an
// in-port, an out-port or both.
func (p *program) turn(s *prop, name string, in, out bool, hint string) {
	words := map[bool]string{true: "an in-port", false: "an out-port"}
	switch {
	case !in && !out:
		p.report(noSuchPort.at(p.file, s.Port.Span, name).help("%s", hint))
	case s.Dir == nil && in && out:
		p.report(needDirection.at(p.file, s.Port.Span, name).help("write %s[in](...) or %s[out](...)", name, name))
	case s.Dir != nil && (s.Dir.Name == "in" && !in || s.Dir.Name == "out" && !out):
		i := wrongDirection.at(p.file, s.Dir.Span, name, words[in], words[!in]).help("write [%s] or leave it out", other(s.Dir.Name))
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
