package assist

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/script"
)

// Definition is where the name at an offset is declared: of an instance's type
// the component, of an include the file. It is not ok for names of actor types
// and of the language.
func (s *Snapshot) Definition(offset int) (p Place, ok bool) {
	for _, i := range s.file.Includes {
		if i.Span.Src == 0 && int(i.Start.Offset) <= offset && offset <= int(i.End.Offset) && i.Found != "" {
			start := script.Pos{Line: 1, Col: 1}
			return Place{i.Found, script.Span{Start: start, End: start}}, true
		}
	}
	u, ok := s.at(offset)
	if !ok || !u.sym.declared() {
		return Place{}, false
	}
	return s.place(u.sym.decl), true
}

// References are all places of the name at an offset, in this file and those
// it includes, the declaration among them. Of a name of an actor type or of the
// language they are all its uses.
func (s *Snapshot) References(offset int) []Place {
	u, ok := s.at(offset)
	if !ok {
		return nil
	}
	var all []Place
	here := false // among them; in a broken statement it is not
	for _, v := range s.index.uses {
		if v.sym == u.sym {
			all = append(all, s.place(v.at))
			here = here || v.at == u.at
		}
	}
	if !here {
		all = append(all, s.place(u.at))
	}
	return all
}

// at is the use of a name at an offset. Where the statement is too broken for
// the tree to have it, the words around tell what the name most likely is.
func (s *Snapshot) at(offset int) (use, bool) {
	if u, ok := s.index.at(offset); ok {
		return u, true
	}
	i := s.before(offset)
	if i > 0 && int(s.words[i-1].End.Offset) == offset {
		i--
	}
	if i >= len(s.words) || s.words[i].Kind != script.LexWord || int(s.words[i].Start.Offset) > offset || s.word(i+1) == "=" {
		return use{}, false
	}
	c, ok := s.site(offset)
	if !ok {
		return use{}, false
	}
	y := s.likely(c.within(s.index), i)
	return use{at: s.words[i].Span, sym: y}, y != nil
}

// likely is what a word in a broken statement may be.
func (s *Snapshot) likely(b *block, i int) *symbol {
	name := s.word(i)
	if i > 1 && s.word(i-1) == "." {
		inst := b.instance(s.word(i - 2))
		if inst == nil {
			return s.index.typed(s.word(i-2) + "." + name)
		}
		if y := s.index.portOf(inst, OutPort, name); y != nil {
			return y
		}
		return s.index.portOf(inst, InPort, name)
	}
	for _, y := range []*symbol{b.instance(name), b.variable(name), s.index.constants[name], s.index.comps[name], s.index.rules[name], s.index.groups[name]} {
		if y != nil {
			return y
		}
	}
	return nil
}

// Uses are all places of the name that is declared at a place, for scripts
// that share files.
func (s *Snapshot) Uses(decl Place) []Place {
	var all []Place
	for _, u := range s.index.uses {
		if u.sym.declared() && s.same(u.sym.decl, decl) {
			all = append(all, s.place(u.at))
		}
	}
	return all
}

// same reports whether a span of the snapshot is where a place begins.
func (s *Snapshot) same(at script.Span, p Place) bool {
	here := s.place(at)
	return here.File == p.File && here.Span.Start == p.Span.Start
}

// Lacks reports whether an include of the script has not been found.
func (s *Snapshot) Lacks() bool {
	return slices.ContainsFunc(s.file.Includes, func(i *script.Include) bool { return i.Found == "" })
}

// IncludeOf is the line of the script itself that brings in a file: the one
// that names it, or else the first, which may do so through another file.
func (s *Snapshot) IncludeOf(file string) script.Span {
	var first script.Span
	for _, i := range s.file.Includes {
		if i.Span.Src != 0 {
			continue
		}
		if i.Found == file {
			return i.Span
		}
		if first == (script.Span{}) {
			first = i.Span
		}
	}
	return first
}
