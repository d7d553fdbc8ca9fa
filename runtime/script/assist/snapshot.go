package assist

import (
	"sort"
	"sync"

	"github.com/wardflow/wardflow/runtime/script"
)

// A World is what there is besides the text.
type World struct {
	Types script.Types
	Names []string    // of the actor types, sorted
	Find  script.Find // gets what a script includes; nil: nothing
	// Beside names what a script could include, without .calvin; nil: nothing.
	Beside func(from string) []string
}

// A Snapshot is one state of a script, and all that can be told of it. It does
// not change; any number of goroutines may ask it.
type Snapshot struct {
	name  string
	src   []byte
	world World
	file  *script.File
	words []script.Lexeme // of src, without comments
	index *index

	issues func() script.Issues // worked out once
}

// Read looks at a text. The name is the path that includes are relative to.
func Read(name string, src []byte, w World) *Snapshot {
	s := &Snapshot{name: name, src: src, world: w}
	s.file, _ = script.Load(name, src, w.Find)
	for _, l := range script.Lex(src) {
		if l.Kind != script.LexComment {
			s.words = append(s.words, l)
		}
	}
	s.index = newIndex(s.file, w.Types)
	s.issues = sync.OnceValue(func() script.Issues {
		_, issues := script.Compile(s.file, w.Types, script.WithNames(w.Names))
		return issues
	})
	return s
}

// Name is the path the snapshot was read under.
func (s *Snapshot) Name() string { return s.name }

// Text is the text of a file that the snapshot knows: its own or one that it
// includes; nil if it knows no such file.
func (s *Snapshot) Text(file string) []byte { return s.file.Source(file) }

// Issues are what the compiler says of the script.
func (s *Snapshot) Issues() script.Issues { return s.issues() }

// text is what stands at a span of any of the script's texts.
func (s *Snapshot) text(at script.Span) string {
	if int(at.Src) >= len(s.file.Texts) {
		return ""
	}
	src := s.file.Texts[at.Src].Src
	if at.Start.Offset < 0 || at.End.Offset > int32(len(src)) || at.Start.Offset > at.End.Offset {
		return ""
	}
	return string(src[at.Start.Offset:at.End.Offset])
}

// word is what a lexeme of the script itself says.
func (s *Snapshot) word(i int) string {
	if i < 0 || i >= len(s.words) {
		return ""
	}
	return s.text(s.words[i].Span)
}

// before is how many words end at an offset or before it.
func (s *Snapshot) before(offset int) int {
	return sort.Search(len(s.words), func(i int) bool { return int(s.words[i].End.Offset) > offset })
}

// A Place is a piece of a text.
type Place struct {
	File string
	Span script.Span
}

// place says where a span is.
func (s *Snapshot) place(at script.Span) Place {
	name := s.name
	if int(at.Src) < len(s.file.Texts) {
		name = s.file.Texts[at.Src].Name
	}
	return Place{name, at}
}
