package script

import (
	"slices"
	"strings"
)

// deadLetter is the out-port that every actor type has besides its own: it may
// be linked, and need not be.
const deadLetter = "dead_letter"

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

// has reports whether an instance has a port; of an unknown type it has any.
func (in *inst) has(port, dir string) bool {
	names, known := in.ports(dir)
	return !known || slices.Contains(names, port) || port == deadLetter && dir == "out" && in.spec != nil
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

// A use is a port that some link ends at. No inst: a port of the component itself.
type use struct {
	inst      *inst
	port, dir string
}

// uses are the ports that the links of a component or the program end at.
type uses map[use]bool

// checkWires looks at the links of a block.
func (p *program) checkWires(b *block, used uses) {
	type ends struct {
		from, to           *inst
		fromPort, portInto string
	}
	made := map[ends]Span{}
	for _, it := range b.items {
		w := it.wire
		if w == nil {
			continue
		}
		if w.from.actor == "" && w.to.actor == "" && b.inner() != nil {
			p.report(passThrough.at(p.file, w.where).
				help("put an actor between them: keep : std.Identity(), .%s > keep.token, keep.token > .%s", w.from.port, w.to.port))
			used[use{nil, w.from.port, "in"}], used[use{nil, w.to.port, "out"}] = true, true
			continue
		}
		from, ok := p.checkEnd(b, w.from, "out", used)
		to, ok2 := p.checkEnd(b, w.to, "in", used)
		if !ok || !ok2 {
			continue
		}
		key := ends{from, to, w.from.port, w.to.port}
		if old, ok := made[key]; ok {
			p.doubled[w] = true
			p.report(p.twice(w, w.from.name()+" > "+w.to.name(), p.app+":"+w.to.name(), old))
		} else {
			made[key] = w.to.where
		}
	}
}

// twice is the issue with a link that is made a second time.
func (p *program) twice(w *wire, link, port string, old Span) Issue {
	return repeatedLink.at(p.file, w.to.where, link, port).see(old, "made here first").
		help("leave one of them out; for each token twice, put a std.Identity on the way of one")
}

func (e end) name() string { return e.actor + "." + e.port }

// checkEnd looks at one end of a link and notes that its port is used. Dir is
// the side of an actor's port that may stand there. It is not ok when the
// actor is not there.
func (p *program) checkEnd(b *block, e end, dir string, used uses) (in *inst, ok bool) {
	if e.actor == "" {
		used[use{nil, e.port, other(dir)}] = true
		p.checkInner(b, e, other(dir))
		return nil, true
	}
	in, ok = b.find(e.actor)
	if !ok {
		p.undefined(b, e.actor, e.who, "")
		return nil, false
	}
	used[use{in, e.port, dir}] = true
	if !in.has(e.port, dir) {
		in.misnamed = true
		what, typ := in.is()
		p.report(p.nearestPort(noPort.at(p.file, e.where, what, e.actor, typ, dir, e.port), in, e, dir))
	}
	return in, true
}

// undefined reports an actor that is not there; reason is what Calvin says.
func (p *program) undefined(b *block, name string, where Span, reason string) {
	if p.lost[name] {
		return
	}
	i := undefinedActor.at(p.file, where, name).meant(where, name, b.nearby()).
		or("declare it with %s : TYPE()", name)
	if reason != "" {
		i.Reason = reason
	}
	p.report(i)
}

// nearestPort adds which port may have been meant.
func (p *program) nearestPort(i Issue, in *inst, e end, dir string) Issue {
	names, _ := in.ports(dir)
	i = i.meant(e.portSpan(), e.port, names)
	if others, _ := in.ports(other(dir)); slices.Contains(others, e.port) {
		i = i.or("'%s' is an %s-port: a link goes from an out-port to an in-port", e.port, other(dir))
	}
	if i.Hint != "" {
		return i
	}
	if len(names) == 0 {
		return i.help("%s has no %s-ports", in.typ, dir).see(in.where, "declared here")
	}
	return i.help("%s has the %s-ports %s", in.typ, dir, strings.Join(names, ", ")).see(in.where, "declared here")
}

// portSpan is where the port's name stands; nowhere for what was not written.
func (e end) portSpan() Span {
	n := int32(len(e.port))
	if e.where == e.who || e.where.End.Offset-e.where.Start.Offset < n {
		return Span{}
	}
	s := e.where
	s.Start = Pos{s.End.Line, s.End.Col - n, s.End.Offset - n}
	return s
}

// checkInner looks at a port of the component itself. Dir is the side of the
// component it must be on.
func (p *program) checkInner(b *block, e end, dir string) {
	c := b.inner()
	if c == nil {
		p.report(innerOutside.at(p.file, e.where, e.port).help("write the actor before the dot"))
		return
	}
	mine, others := idents(c.In), idents(c.Out)
	if dir == "out" {
		mine, others = others, mine
	}
	if slices.Contains(mine, e.port) {
		return
	}
	i := noInnerPort.at(p.file, e.where, c.Name.Name, dir, e.port).see(c.Name.Span, "the component").
		meant(e.where, "."+e.port, dotted(mine))
	if slices.Contains(others, e.port) {
		i = i.or("'%s' is an %s-port: inside, in-ports stand on the left of > and out-ports on the right", e.port, other(dir))
	}
	p.report(i.or("%s has the %s-ports %s", c.Name.Name, dir, listed(mine, "(none)")))
}

func dotted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "." + n
	}
	return out
}

// checkLinked looks for ports of a block's actors that no link ends at.
func (p *program) checkLinked(b *block, used uses) {
	for _, in := range b.insts {
		what, typ := in.is()
		for _, dir := range []string{"in", "out"} {
			names, _ := in.ports(dir)
			for _, port := range names {
				if used[use{in, port, dir}] || port == deadLetter && dir == "out" {
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
}
