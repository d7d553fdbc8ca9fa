package assist

import "github.com/wardflow/wardflow/runtime/script"

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
	u, ok := s.index.at(offset)
	if !ok || !u.sym.declared() {
		return Place{}, false
	}
	return s.place(u.sym.decl), true
}

// References are all places of the name at an offset, in this file and those
// it includes, the declaration among them. Of a name of an actor type or of the
// language they are all its uses.
func (s *Snapshot) References(offset int) []Place {
	u, ok := s.index.at(offset)
	if !ok {
		return nil
	}
	var all []Place
	for _, v := range s.index.uses {
		if v.sym == u.sym {
			all = append(all, s.place(v.at))
		}
	}
	return all
}
