package script

import (
	"strings"
	"unicode/utf8"
)

// A statement is laid out in two steps, after Wadler's "A prettier printer":
// first a tree of text and of places where a line may be broken, then lines.
// A group stands on one line if it fits; if not, all its own breaks are taken,
// and the groups within it have their turn.

// width is how many characters a line should have at most.
const width = 100

const tab = 4

type docKind uint8

const (
	dText    docKind = iota
	dLine            // a break, or text where the group stands on one line
	dHard            // a break
	dComment         // goes to the end of its line; a dHard follows
	dTail            // a comment before a closing bracket: between spaces, or as dComment
	dBroken          // text where the group is broken
	dGroup
	dNest // kids further right, by tabs
)

type doc struct {
	kind docKind
	text string
	kids []*doc
	by   int  // of a dNest or dHard: tabs
	hard bool // holds a dHard, and so is broken
}

// A line is one line of the outcome. Its comment is set apart, to be aligned
// with those of its neighbours.
type line struct {
	text, comment string
}

// A step is a doc that is still to be laid out.
type step struct {
	d      *doc
	indent int // in tabs
	flat   bool
}

// settle marks groups that can't stand on one line.
func (d *doc) settle() bool {
	d.hard = d.hard || d.kind == dHard || d.kind == dComment
	for _, k := range d.kids {
		if k.settle() {
			d.hard = true
		}
	}
	return d.hard
}

// layout turns a doc into lines.
func layout(root *doc, indent int) []line {
	root.settle()
	var lines []line
	var b strings.Builder
	comment := ""
	col := 0
	put := func(s string) {
		b.WriteString(s)
		if i := strings.LastIndexByte(s, '\n'); i >= 0 {
			s, col = s[i+1:], 0
		}
		col += utf8.RuneCountInString(s)
	}
	start := func(tabs int) {
		if b.Len() > 0 || comment != "" {
			lines = append(lines, line{b.String(), comment})
		}
		b.Reset()
		comment, col = "", 0
		put(strings.Repeat(" ", tab*tabs))
	}
	start(indent)
	stack := []step{{root, indent, false}}
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		switch d := s.d; d.kind {
		case dText:
			put(d.text)
		case dLine:
			if s.flat {
				put(d.text)
			} else {
				start(s.indent)
			}
		case dHard:
			start(s.indent + d.by)
		case dComment:
			comment = d.text
		case dTail:
			if s.flat {
				put(" " + d.text)
			} else {
				comment = joined(comment, d.text)
			}
		case dBroken:
			if !s.flat {
				put(d.text)
			}
		case dNest:
			stack = push(stack, d.kids, s.indent+d.by, s.flat)
		case dGroup:
			n := len(stack)
			stack = push(stack, d.kids, s.indent, true)
			if d.hard || !fitsIn(width-col, stack, n) {
				stack = push(stack[:n], d.kids, s.indent, s.flat && !d.hard)
			}
		}
	}
	return append(lines, line{b.String(), comment})
}

func push(stack []step, kids []*doc, indent int, flat bool) []step {
	for i := len(kids) - 1; i >= 0; i-- {
		stack = append(stack, step{kids[i], indent, flat})
	}
	return stack
}

// fitsIn reports whether what the stack holds from n on, and what follows it up
// to the next break, has room on the line.
func fitsIn(room int, stack []step, n int) bool {
	rest := append([]step(nil), stack[n:]...)
	for next := n - 1; room >= 0; {
		if len(rest) == 0 {
			if next < 0 {
				return true
			}
			rest = append(rest, stack[next])
			next--
		}
		s := rest[len(rest)-1]
		rest = rest[:len(rest)-1]
		switch d := s.d; d.kind {
		case dText:
			if before, _, more := strings.Cut(d.text, "\n"); more {
				return room >= utf8.RuneCountInString(before)
			}
			room -= utf8.RuneCountInString(d.text)
		case dLine:
			if !s.flat {
				return true
			}
			room -= len(d.text)
		case dHard:
			return true
		case dTail:
			if s.flat {
				room -= 1 + utf8.RuneCountInString(d.text)
			}
		case dBroken:
			if !s.flat {
				room -= len(d.text)
			}
		case dNest, dGroup:
			rest = push(rest, d.kids, s.indent, s.flat && !d.hard)
		}
	}
	return false
}

// joined is what stands on one line of two comments that may.
func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// far is from which length on a line's comment is not aligned with others.
const far = 60

// write puts lines together, the comments of neighbours below each other.
func write(lines []line) []byte {
	var b strings.Builder
	for i := 0; i < len(lines); {
		if lines[i].comment == "" {
			b.WriteString(lines[i].text + "\n")
			i++
			continue
		}
		n, wide := i, 0
		for ; n < len(lines) && lines[n].comment != "" && lines[n].indent() == lines[i].indent(); n++ {
			if w := lines[n].width(); w <= far {
				wide = max(wide, w)
			}
		}
		for ; i < n; i++ {
			pad := strings.Repeat(" ", max(0, wide-lines[i].width()))
			b.WriteString(lines[i].text + pad + "  " + lines[i].comment + "\n")
		}
	}
	return []byte(b.String())
}

// indent is how many spaces a line begins with.
func (l line) indent() int { return len(l.text) - len(strings.TrimLeft(l.text, " ")) }

// width is where a line's comment may begin: behind its last character.
func (l line) width() int {
	return utf8.RuneCountInString(l.text[strings.LastIndexByte(l.text, '\n')+1:])
}
