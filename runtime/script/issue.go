package script

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Severity says how bad an issue is.
type Severity string

// The severities. Only an error keeps a script from running. A note is for
// the curious: tools show it when asked to be verbose.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// An Issue is a mistake in a script, or something odd, at the place where its
// author can mend it.
type Issue struct {
	Severity Severity  `json:"type"`
	Code     string    `json:"code"` // "WF0123": stable, one for each kind of mistake
	File     string    `json:"file"`
	Span     Span      `json:"span"`
	Msg      string    `json:"msg"`
	Reason   string    `json:"reason"` // the same in Calvin's own words
	Hint     string    `json:"hint,omitempty"`
	Related  []Related `json:"related,omitempty"` // other places that matter
	Fix      []Edit    `json:"fix,omitempty"`     // the hint as edits of File, all or none, when it is that clear

	subject string // the type that is missing
}

// An Edit puts New where the text at Span stands; an empty span inserts.
type Edit struct {
	Span Span   `json:"span"`
	New  string `json:"new"`
}

// A Related is another place that an issue speaks of.
type Related struct {
	File string `json:"file"`
	Span Span   `json:"span"`
	Msg  string `json:"msg"` // "declared here"
}

// Pos is the issue's place as FILE:LINE:COL.
func (i Issue) Pos() string {
	return fmt.Sprintf("%s:%d:%d", i.File, i.Span.Start.Line, i.Span.Start.Col)
}

// head is the issue's first line. That it is an error goes without saying.
func (i Issue) head() string {
	if i.Severity == Error {
		return fmt.Sprintf("%s: %s [%s]", i.Pos(), i.Msg, i.Code)
	}
	return fmt.Sprintf("%s: %s: %s [%s]", i.Pos(), i.Severity, i.Msg, i.Code)
}

// Error is the issue in one line, so that an Issue is an error.
func (i Issue) Error() string {
	s := i.head()
	if i.Hint != "" {
		s += " (help: " + i.Hint + ")"
	}
	return s
}

// Format writes the issue for a person: what is wrong, the line it is in with
// the span marked, related places, and what to do. Source is the text of each
// file that has to do with it, such as [File.Source]; where it is nil no line is
// shown.
func (i Issue) Format(source func(file string) []byte) string {
	var b strings.Builder
	fmt.Fprintln(&b, i.head())
	mark(&b, source(i.File), i.Span)
	for _, r := range i.Related {
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", r.File, r.Span.Start.Line, r.Span.Start.Col, r.Msg)
		mark(&b, source(r.File), r.Span)
	}
	if i.Hint != "" {
		fmt.Fprintf(&b, "    help: %s\n", i.Hint)
	}
	return b.String()
}

// mark writes the first line of a span with carets below it.
func mark(b *strings.Builder, src []byte, s Span) {
	at := int(s.Start.Offset)
	if src == nil || at > len(src) {
		return
	}
	start, end := at, at
	for start > 0 && src[start-1] != '\n' {
		start--
	}
	for end < len(src) && src[end] != '\n' && src[end] != '\r' {
		end++
	}
	before := string(src[start:at])
	// What is not a tab becomes a space, so that the caret stands below its
	// character however wide tabs are shown.
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, before)
	width := utf8.RuneCount(src[at:max(at, min(end, int(s.End.Offset)))])
	fmt.Fprintf(b, "%5d | %s\n", s.Start.Line, strings.ToValidUTF8(string(src[start:max(start, end)]), "\uFFFD"))
	fmt.Fprintf(b, "      | %s%s\n", pad, strings.Repeat("^", max(1, width)))
}

// Issues are what was found in one script, in the order of the text.
type Issues []Issue

// Err is nil when there is no error among the issues, else an error with all
// the errors, one a line.
func (is Issues) Err() error {
	var errs Issues
	for _, i := range is {
		if i.Severity == Error {
			errs = append(errs, i)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}

// Error is the issues one a line.
func (is Issues) Error() string {
	lines := make([]string, len(is))
	for n, i := range is {
		lines[n] = i.Error()
	}
	return strings.Join(lines, "\n")
}

// Format is the issues, except notes, for a person. Source is as for
// [Issue.Format].
func (is Issues) Format(source func(file string) []byte) string {
	var b strings.Builder
	for _, i := range is {
		if i.Severity != Note {
			b.WriteString(i.Format(source))
		}
	}
	return b.String()
}

// settle sorts the issues of a file by place, drops what has been said already,
// and names the files of related places.
func (is Issues) settle(f *File) Issues {
	slices.SortStableFunc(is, func(a, b Issue) int {
		switch {
		case a.Span.before(b.Span):
			return -1
		case b.Span.before(a.Span):
			return 1
		}
		return 0
	})
	for _, i := range is {
		for n := range i.Related {
			i.Related[n].File = f.name(i.Related[n].Span)
		}
	}
	type key struct {
		src, at   int32
		code, msg string
	}
	seen := make(map[key]bool, len(is))
	return slices.DeleteFunc(is, func(i Issue) bool {
		k := key{i.Span.Src, i.Span.Start.Offset, i.Code, i.Msg}
		was := seen[k]
		seen[k] = true
		return was || f.guess(i)
	})
}
