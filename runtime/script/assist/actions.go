package assist

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/wardflow/wardflow/runtime/script"
)

// An Action mends a mistake.
type Action struct {
	Title string // what it does
	Issue script.Issue
	Edits []script.Edit // of the issue's file, from the last to the first
	Sure  bool          // it is what was meant, as far as anybody can tell
}

// Actions are what mends the issues that a piece of the script, between two
// offsets, has a part in.
func (s *Snapshot) Actions(from, to int) []Action {
	var all []Action
	for _, i := range s.Issues() {
		if i.Span.Src != 0 || int(i.Span.End.Offset) < from || to < int(i.Span.Start.Offset) {
			continue
		}
		if len(i.Fix) > 0 {
			edits := slices.Clone(i.Fix)
			slices.SortFunc(edits, func(a, b script.Edit) int { return int(b.Span.Start.Offset - a.Span.Start.Offset) })
			all = append(all, Action{Title: title(i), Issue: i, Edits: edits, Sure: true})
		} else if a, ok := s.proposal(i); ok {
			all = append(all, a)
		}
	}
	return all
}

var meant = regexp.MustCompile(`^did you mean '(.*)'\?$`)

// title is the help of an issue as something to do.
func title(i script.Issue) string {
	if m := meant.FindStringSubmatch(i.Hint); m != nil {
		return "write " + m[1]
	}
	return i.Hint
}

// The issues that are mended in a way that may not be what was wanted: the
// codes are the compiler's.
const (
	missingLink    = "WF0401"
	unusedConstant = "WF0214"
)

var unneeded = regexp.MustCompile(`: (voidport > \S+|\S+ > voidport)$`)

// proposal is an action for an issue that has no fix of its own.
func (s *Snapshot) proposal(i script.Issue) (Action, bool) {
	a := Action{Issue: i}
	switch i.Code {
	case missingLink:
		m := unneeded.FindStringSubmatch(i.Hint)
		if m == nil {
			return a, false
		}
		a.Title = "leave the port unused: " + m[1]
		a.Edits = []script.Edit{s.below(i.Span, m[1])}
	case unusedConstant:
		line, _, _ := s.line(i.Span.Start)
		a.Title = "leave the constant out"
		a.Edits = []script.Edit{{Span: line}}
		if c := s.constantAt(i.Span); c == nil || c.Start.Line != c.End.Line || c.Start.Col != 1 {
			return a, false
		}
	default:
		return a, false
	}
	return a, true
}

// constantAt is the definition whose name is at a span.
func (s *Snapshot) constantAt(at script.Span) *script.Constant {
	i := slices.IndexFunc(s.file.Constants, func(c *script.Constant) bool { return c.Name.Span == at })
	if i < 0 {
		return nil
	}
	return s.file.Constants[i]
}

// below writes a statement into a line of its own below a piece of text,
// indented like it.
func (s *Snapshot) below(at script.Span, text string) script.Edit {
	_, indent, _ := s.line(at.Start)
	_, _, end := s.line(at.End)
	return script.Edit{Span: script.Span{Start: end, End: end}, New: "\n" + indent + text}
}

// line is the line that a place is in, with its line end; the white space it
// begins with; and where it ends without its line end.
func (s *Snapshot) line(p script.Pos) (all script.Span, indent string, end script.Pos) {
	from := bytes.LastIndexByte(s.src[:p.Offset], '\n') + 1
	to := len(s.src)
	if n := bytes.IndexByte(s.src[p.Offset:], '\n'); n >= 0 {
		to = int(p.Offset) + n + 1
	}
	text := s.src[from:to]
	indent = string(text[:len(text)-len(bytes.TrimLeft(text, " \t"))])
	end = s.position(from + len(bytes.TrimRight(text, "\r\n")))
	return script.Span{Start: s.position(from), End: s.position(to)}, indent, end
}
