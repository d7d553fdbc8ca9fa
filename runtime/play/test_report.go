package play

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wardflow/wardflow/runtime/flow"
)

// wide is how many columns a comparison may take before its tokens stand below
// each other, and then most is how many are shown.
const (
	wide = 90
	most = 5
)

// Report writes how a test went, as go test does: a line for the test, and
// below it what was not as expected, the dead letters and the actors that came
// to a stand. Of a test that passed it writes nothing unless verbose.
func (v *Verdict) Report(w io.Writer, verbose bool) {
	if v.Passed() && !verbose {
		return
	}
	how := "PASS"
	if !v.Passed() {
		how = "FAIL"
	}
	fmt.Fprintf(w, "--- %s: %s (%v of virtual time)\n", how, v.Name, v.Took)
	for _, f := range v.Failures {
		f.report(w)
	}
	for line := range strings.Lines(v.Printed) {
		fmt.Fprintf(w, "    printed: %s\n", strings.TrimSuffix(line, "\n"))
	}
	for _, l := range v.Letters {
		tokens := l.Value.(map[string]any)["tokens"]
		fmt.Fprintf(w, "    dead letter of %s: %s: %s\n", l.Actor.Local(), l.Why, text(tokens))
	}
	for _, id := range slices.Sorted(maps.Keys(v.Stopped)) {
		fmt.Fprintf(w, "    %s stopped: %s\n", id.Local(), v.Stopped[id])
	}
}

func (f *Failure) report(w io.Writer) {
	fmt.Fprintf(w, "    %s:%d:%d: %s\n", f.File, f.Span.Start.Line, f.Span.Start.Col, f.Why)
	if f.Port == "" {
		return
	}
	for _, line := range f.compare() {
		fmt.Fprintf(w, "        %s\n", strings.TrimRight(line, " "))
	}
}

// compare sets what was expected above what came, token under token, with a
// mark below each that differs.
func (f *Failure) compare() []string {
	n := max(len(f.Want), len(f.Got))
	if f.More {
		n = len(f.Want)
	}
	want, got, mark := "want ", "got  ", "     "
	for i := range n {
		a, b := cell(f.Want, i), cell(f.Got, i)
		sign := " "
		if f.differs(i) {
			sign = "^"
		}
		width := max(utf8.RuneCountInString(a), utf8.RuneCountInString(b)) + 2
		want, got, mark = want+pad(a, width), got+pad(b, width), mark+pad(sign, width)
		if utf8.RuneCountInString(want) > wide {
			return f.below()
		}
	}
	if n == 0 || len(f.Want) == 0 {
		want += "nothing"
	}
	if len(f.Got) == 0 {
		got = "got  nothing"
	}
	if f.More {
		want += "..."
	}
	return []string{want, got, mark}
}

// below sets tokens that differ below each other, and after them those that
// are missing or too many.
func (f *Failure) below() (lines []string) {
	both, shown, left := min(len(f.Want), len(f.Got)), 0, 0
	for i := range both {
		switch {
		case !f.differs(i):
		case shown == most:
			left++
		default:
			shown++
			lines = append(lines, fmt.Sprintf("token %d", i+1), "  want "+text(f.Want[i]), "  got  "+text(f.Got[i]))
		}
	}
	if left > 0 {
		lines = append(lines, fmt.Sprintf("and %d more that differ", left))
	}
	lines = append(lines, few("missing", f.Want[both:])...)
	if !f.More {
		lines = append(lines, few("too many", f.Got[both:])...)
	}
	return lines
}

// few shows the first of some tokens.
func few(what string, vs []flow.Value) (lines []string) {
	for i, v := range vs {
		if i == most {
			return append(lines, fmt.Sprintf("and %d more", len(vs)-most))
		}
		lines = append(lines, what+" "+text(v))
	}
	return lines
}

func (f *Failure) differs(i int) bool {
	return i >= len(f.Want) || i >= len(f.Got) || !alike(f.Got[i], f.Want[i])
}

// cell is a token of a list, or nothing beyond its end.
func cell(vs []flow.Value, i int) string {
	if i >= len(vs) {
		return "-"
	}
	return text(vs[i])
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}
