package main

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
)

// A sheet tells of one thing, a line for each of its sides:
//
//	type   std.Sum
//	state  running
type sheet struct{ names, values []string }

// add adds a line; nothing is said of what is empty.
func (s *sheet) add(name string, value any) {
	if text := fmt.Sprint(value); text != "" {
		s.names, s.values = append(s.names, name), append(s.values, inCell(text))
	}
}

func (s *sheet) addf(name, format string, args ...any) { s.add(name, fmt.Sprintf(format, args...)) }

func (s *sheet) write(w io.Writer) {
	wide := 0
	for _, n := range s.names {
		wide = max(wide, lipgloss.Width(n))
	}
	for i, n := range s.names {
		value := colour(w, stateColour(s.values[i]), s.values[i])
		fmt.Fprintf(w, "%s%s  %s\n", colour(w, dim, n), strings.Repeat(" ", wide-lipgloss.Width(n)), value)
	}
}

// section writes a heading and a table under it; without rows it writes nothing.
func section(w io.Writer, title string, t *table) {
	if len(t.rows) > 0 {
		fmt.Fprintf(w, "\n%s\n", colour(w, bold, title))
		t.write(w)
	}
}
