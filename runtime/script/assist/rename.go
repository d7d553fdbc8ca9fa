package assist

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/script"
)

// Renamable is the name at an offset, if it can be given another: it must be
// declared in a script. Else the error says why not.
func (s *Snapshot) Renamable(offset int) (at script.Span, name string, err error) {
	u, ok := s.index.at(offset)
	switch {
	case !ok:
		return at, "", errors.New("there is no name here")
	case !u.sym.declared():
		return at, "", fmt.Errorf("%s is a name of the %s, not of a script", u.sym.name, u.sym.from())
	}
	return u.at, u.sym.name, nil
}

// from says whose a name is that no script declares.
func (y *symbol) from() string {
	switch y.kind {
	case Predicate, Property:
		return "language"
	case ActorType:
		return "house's actors"
	}
	return "actor type " + y.spec.Name
}

var identifier = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*$`)

// Rename gives the name at an offset of s another, wherever it stands: in s, in
// what s includes, and in others, scripts that may share those files. The edits
// are by file and from the last to the first. It is refused where the new name
// is none, or where it would change what any other name means.
func (s *Snapshot) Rename(offset int, name string, others []*Snapshot) (map[string][]script.Edit, error) {
	_, old, err := s.Renamable(offset)
	if err != nil {
		return nil, err
	}
	u, _ := s.index.at(offset)
	if !identifier.MatchString(name) || strings.Contains(name, ".") && u.sym.kind != Component {
		return nil, fmt.Errorf("%q can't be a name: names are letters, digits and _, and begin with a letter", name)
	}
	if lex := script.Lex([]byte(name)); lex[0].Kind != script.LexWord {
		return nil, fmt.Errorf("'%s' is a word of the language", name)
	}
	if name == old {
		return nil, nil
	}
	at := s.place(u.sym.decl)
	edits := map[string][]script.Edit{}
	var concerned []*Snapshot
	for _, o := range append([]*Snapshot{s}, others...) {
		if o.renames(at, name, edits) {
			concerned = append(concerned, o)
		}
	}
	for file := range edits {
		slices.SortFunc(edits[file], func(a, b script.Edit) int { return int(b.Span.Start.Offset - a.Span.Start.Offset) })
		edits[file] = slices.Compact(edits[file])
	}
	for _, o := range concerned {
		if err := o.stays(edits, old, name); err != nil {
			return nil, err
		}
	}
	return edits, nil
}

// renames adds the edits that rename what is declared at a place, and reports
// whether the snapshot knows it.
func (s *Snapshot) renames(decl Place, name string, edits map[string][]script.Edit) bool {
	uses := s.Uses(decl)
	for _, p := range uses {
		p.Span.Src = 0
		edits[p.File] = append(edits[p.File], script.Edit{Span: p.Span, New: name})
	}
	return len(uses) > 0
}

// stays reports what else would change if the edits were made: each name must
// go on to stand for what it does, and there must be no new mistake.
func (s *Snapshot) stays(edits map[string][]script.Edit, old, name string) error {
	after := s.edited(edits)
	if len(after.index.uses) != len(s.index.uses) {
		return s.clash(name)
	}
	now, then := map[*symbol]int{}, map[*symbol]int{}
	for i, u := range s.index.uses {
		v := after.index.uses[i]
		if first, ok := now[u.sym]; !ok {
			now[u.sym] = i
			if _, ok := then[v.sym]; ok {
				return s.clash(name)
			}
			then[v.sym] = i
		} else if then[v.sym] != first || u.decl != v.decl {
			return s.clash(name)
		}
	}
	had := map[string]int{}
	for _, i := range s.Issues() {
		if i.Severity == script.Error {
			had[i.Code]++
		}
	}
	for _, i := range after.Issues() {
		if i.Severity != script.Error {
			continue
		}
		if had[i.Code]--; had[i.Code] < 0 {
			return fmt.Errorf("with '%s' renamed to '%s' there would be a mistake: %s", old, name, i.Error())
		}
	}
	return nil
}

// clash says what has a name already.
func (s *Snapshot) clash(name string) error {
	for _, u := range s.index.uses {
		if u.sym.name == name && u.decl {
			p := s.place(u.at)
			return fmt.Errorf("'%s' is the name of the %s at %s:%d:%d", name, u.sym.kind, p.File, p.Span.Start.Line, p.Span.Start.Col)
		}
	}
	return fmt.Errorf("'%s' would change what other names mean", name)
}

// edited is the script with edits made, also in what it includes.
func (s *Snapshot) edited(edits map[string][]script.Edit) *Snapshot {
	w := s.world
	if find := w.Find; find != nil {
		w.Find = func(from, name string) (string, []byte, error) {
			path, src, err := find(from, name)
			return path, Apply(src, edits[path]), err
		}
	}
	return Read(s.name, Apply(s.src, edits[s.name]), w)
}

// Apply makes edits in a text. They do not overlap and are from the last to
// the first.
func Apply(src []byte, edits []script.Edit) []byte {
	for _, e := range edits {
		src = slices.Concat(src[:e.Span.Start.Offset], []byte(e.New), src[e.Span.End.Offset:])
	}
	return src
}
