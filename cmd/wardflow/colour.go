package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
)

// When colours are written. They only ever repeat what a word says beside them.

// A colourFlag is the value of --color. It speaks to all that looks for
// NO_COLOR and CLICOLOR_FORCE, the help among them, which is written before any
// command of ours runs.
type colourFlag string

func (c *colourFlag) String() string { return string(*c) }
func (c *colourFlag) Type() string   { return "WHEN" }

func (c *colourFlag) Set(s string) error {
	switch s {
	case "auto":
	case "always":
		os.Unsetenv("NO_COLOR")
		os.Setenv("CLICOLOR_FORCE", "1")
	case "never":
		os.Unsetenv("CLICOLOR_FORCE")
		os.Setenv("NO_COLOR", "1")
	default:
		return fmt.Errorf("want auto, always or never")
	}
	*c = colourFlag(s)
	return nil
}

// noColour makes NO_COLOR mean what no-color.org says, any text but none, to the
// libraries too: some wait for "1" or "true".
func noColour() {
	if os.Getenv("NO_COLOR") != "" {
		os.Setenv("NO_COLOR", "1")
	}
}

// A painted file may be written to in colour.
type painted struct{ *os.File }

// drawn is what people will read, before it is written.
type drawn struct {
	bytes.Buffer
	painted bool // in colour
}

// paint is f, painted if it is a terminal that shows colours, or they are forced.
func paint(f *os.File) io.Writer {
	if !term.IsTerminal(f.Fd()) && os.Getenv("CLICOLOR_FORCE") != "1" {
		return f
	}
	if colorprofile.Env(os.Environ()) < colorprofile.ANSI {
		return f
	}
	return painted{f}
}

// moving reports whether w is a terminal on which a line may be written over: a
// build's log, or a dumb terminal, is not.
func moving(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(f.Fd()) && os.Getenv("CI") == "" && os.Getenv("TERM") != "dumb"
}

// The colours, by what they are for.
const (
	plain = ""
	dim   = "2"
	bold  = "1"
	bad   = "31"
	soon  = "33" // not yet, or not quite
)

// colour writes text in a colour, if w is painted.
func colour(w io.Writer, code, text string) string {
	_, ok := w.(painted)
	if d, is := w.(*drawn); is {
		ok = d.painted
	}
	if !ok || code == plain {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// paintLength is how many bytes at the beginning of text change the colour, as
// [colour] does it; 0: none do.
func paintLength(text []byte) int {
	for _, code := range []string{"0", dim, bold, bad, soon} {
		if s := "\x1b[" + code + "m"; bytes.HasPrefix(text, []byte(s)) {
			return len(s)
		}
	}
	return 0
}

// states are the words in tables that are worth a colour. What is as it should
// be has none.
var states = map[string]string{
	"down": bad, "refused": bad, "faulted": bad, "stopped": bad, "revoked": bad, "failed": bad, "fail": bad, "no": bad, "expired": bad,
	"suspected": soon, "draining": soon, "leaving": soon, "waiting": soon, "starting": soon, "shadow": soon, "closing": soon, "warning": soon, "warn": soon, "paused": soon,
}
