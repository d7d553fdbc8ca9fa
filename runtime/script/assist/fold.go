package assist

import "github.com/wardflow/wardflow/runtime/script"

// A Fold is a run of lines that can be put away behind its first, from 1.
type Fold struct {
	First, Last int32
	Comment     bool
}

// Folds are what stands in brackets over several lines, and comments of
// several lines.
func (s *Snapshot) Folds() []Fold {
	var all []Fold
	var open []script.Lexeme
	for i, l := range s.words {
		if l.Kind == script.LexDoc && l.End.Line > l.Start.Line {
			all = append(all, Fold{l.Start.Line, l.End.Line, true})
		}
		if l.Kind != script.LexPunct {
			continue
		}
		switch s.word(i) {
		case "(", "[", "{":
			open = append(open, l)
		case ")", "]", "}":
			if len(open) == 0 {
				continue
			}
			from := open[len(open)-1]
			open = open[:len(open)-1]
			// The line with the closing bracket stays to be seen.
			if last := l.Start.Line - 1; last > from.Start.Line {
				all = append(all, Fold{First: from.Start.Line, Last: last})
			}
		}
	}
	return append(all, s.commentFolds()...)
}

// commentFolds are comments of several lines: one, or one below the other.
func (s *Snapshot) commentFolds() []Fold {
	var all []Fold
	var run Fold
	flush := func() {
		if run.Last > run.First {
			all = append(all, run)
		}
	}
	for _, c := range s.file.Comments {
		alone := s.alone(c.Span)
		if alone && run.Last > 0 && c.Start.Line == run.Last+1 {
			run.Last = c.End.Line
			continue
		}
		flush()
		run = Fold{}
		if alone {
			run = Fold{c.Start.Line, c.End.Line, true}
		}
	}
	flush()
	return all
}

// alone reports whether nothing stands on the line before a comment.
func (s *Snapshot) alone(at script.Span) bool {
	i := s.before(int(at.Start.Offset))
	return i == 0 || s.words[i-1].End.Line < at.Start.Line
}
