package policy

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// An Error is a mistake in a hospital's text, at the place where it can be mended.
type Error struct {
	Line, Col int // from 1; Col counts characters
	Msg       string
	Hint      string // what to write instead, or ""
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Msg)
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// whereIt is how cedar writes a position, within braces or with colons.
var whereIt = regexp.MustCompile(`(?:at (?:\S*:)?(\d+):(\d+)|Line:(\d+) Column:(\d+)|\{\S* ?\d+ (\d+) (\d+)\})`)

// syntaxError is an error of the parser with its place taken out of the text.
func syntaxError(text string, err error) *Error {
	e := &Error{Line: 1, Col: 1, Msg: err.Error(), Hint: "the language: permit (principal, action, resource) when { … };"}
	m := whereIt.FindStringSubmatch(e.Msg)
	if m == nil {
		return e
	}
	for i := 1; i < len(m); i += 2 {
		if m[i] != "" {
			e.Line, _ = strconv.Atoi(m[i])
			e.Col, _ = strconv.Atoi(m[i+1])
		}
	}
	if _, tail, ok := strings.Cut(e.Msg, m[0]); ok {
		e.Msg = strings.TrimLeft(tail, ": ")
	}
	if lines := strings.Count(text, "\n") + 1; e.Line > lines {
		e.Line = lines
	}
	return e
}

// bounded reports a text that is too long, or nested too deeply to be read in a
// bounded stack. It counts brackets and the letters "if" wherever they stand.
func bounded(text string) error {
	if len(text) > MaxText {
		return &Error{Line: 1, Col: 1, Msg: fmt.Sprintf("%d bytes, at most %d are allowed", len(text), MaxText)}
	}
	if n := strings.Count(text, "if"); n > maxIfs {
		return &Error{Line: 1, Col: 1, Msg: fmt.Sprintf("%d times \"if\", at most %d are allowed", n, maxIfs), Hint: "write several rules"}
	}
	depth, line := 0, 1
	for _, r := range text {
		switch r {
		case '\n':
			line++
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(depth-1, 0)
		}
		if depth > maxDepth {
			return &Error{Line: line, Col: 1, Msg: fmt.Sprintf("brackets are nested deeper than %d", maxDepth), Hint: "write several rules"}
		}
	}
	return nil
}
