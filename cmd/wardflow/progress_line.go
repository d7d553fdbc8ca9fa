package main

import (
	"fmt"
	"io"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// A progress says how far a command has come: on a terminal at once, in one line
// that is written over; elsewhere, and where CI is set, only what it said last.
type progress struct {
	w     io.Writer
	moves bool
	wide  int // of the terminal, in columns; 0: not known
	said  string
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, moves: moving(w)}
	if f, ok := w.(interface{ Fd() uintptr }); ok && p.moves {
		if wide, _, err := term.GetSize(f.Fd()); err == nil {
			p.wide = wide
		}
	}
	return p
}

func (p *progress) say(text string) {
	if text == p.said || text == "" {
		return
	}
	if p.said = text; p.moves {
		line := inCell(text)
		if p.wide > 1 && lipgloss.Width(line) >= p.wide {
			line = ansi.Truncate(line, p.wide-1, "…") // one that wraps can't be written over
		}
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	}
}

// end leaves what was said last to be read, in full.
func (p *progress) end() {
	switch {
	case p.said == "":
	case p.moves:
		fmt.Fprintf(p.w, "\r\x1b[K%s\n", still(p.said))
	default:
		fmt.Fprintln(p.w, still(p.said))
	}
}
