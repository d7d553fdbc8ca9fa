package assist_test

import (
	"testing"

	"github.com/wardflow/wardflow/runtime/script/assist"
)

// Whatever is asked of whatever text, the answers are within it: edits and
// places name pieces of the text, colours do not overlap, and what can be
// renamed to a new word in a sound script can be renamed back.
func FuzzAsk(f *testing.F) {
	for _, tt := range completions {
		f.Add(tt.src, 10)
	}
	f.Add(ward, 200)
	f.Fuzz(func(t *testing.T, src string, offset int) {
		s := assist.Read("in.calvin", []byte(src), world())
		if len(src) > 0 {
			offset = int(uint(offset) % uint(len(src)+1))
		} else {
			offset = 0
		}
		for _, i := range s.Complete(offset) {
			if e := i.Edit.Span; e.Start.Offset > e.End.Offset || int(e.Start.Offset) > offset || int(e.End.Offset) < offset || int(e.End.Offset) > len(src) {
				t.Fatalf("the edit of %s is at %v, the cursor at %d of %d", i.Label, e, offset, len(src))
			}
		}
		s.Hover(offset)
		s.Definition(offset)
		s.Symbols()
		s.Folds()
		s.Actions(0, len(src))
		end := int32(0)
		for _, k := range s.Tokens() {
			if k.Span.Start.Offset < end || int(k.Span.End.Offset) > len(src) {
				t.Fatalf("the colour of %v overlaps another or leaves the text", k)
			}
			end = k.Span.End.Offset
		}
		checkRename(t, s, src, offset)
	})
}

func checkRename(t *testing.T, s *assist.Snapshot, src string, offset int) {
	const fresh = "a_name_that_nobody_has"
	if s.Issues().Err() != nil {
		return // a name that is there twice may come apart
	}
	at, old, err := s.Renamable(offset)
	if err != nil {
		return
	}
	edits, err := s.Rename(offset, fresh, nil)
	if err != nil {
		return
	}
	text := string(assist.Apply([]byte(src), edits["in.calvin"]))
	where := int(at.Start.Offset) // edits before the name move it
	for _, e := range edits["in.calvin"] {
		if e.Span.Start.Offset < at.Start.Offset {
			where += len(fresh) - len(old)
		}
	}
	back, err := assist.Read("in.calvin", []byte(text), world()).Rename(where, old, nil)
	if err != nil {
		t.Fatalf("%s was renamed, but not back: %v\n%s", old, err, text)
	}
	if got := string(assist.Apply([]byte(text), back["in.calvin"])); got != src {
		t.Fatalf("%s was renamed and renamed back, and the text is\n%s\nnot\n%s", old, got, src)
	}
}
