package formula

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// The library's language is close to Python's, but here and there the same text
// has another meaning: "//" begins a comment, "not" binds tighter than "==", and
// "^" is a power. So the text is rewritten first, and what has no meaning here
// is refused.

// floorMark makes a // b into a / floorMark / b, which binds as it should.
const floorMark = "__floor__"

// rewrite is the source in the library's language.
func rewrite(source string) (string, error) {
	ls, err := lex(source)
	if err != nil {
		return "", err
	}
	if len(ls) == 0 {
		return "", errors.New("it is empty")
	}
	w := writer{lexemes: ls}
	text, _, err := w.group("")
	return text, err
}

// A writer goes through the lexemes, one pair of brackets at a time.
type writer struct {
	lexemes []lexeme
	at      int
	depth   int
}

// A part is a lexeme, or what stands in brackets, rewritten.
type part struct {
	lexeme
	chained bool // has a chain such as 1 < x < 3 in it
}

var closing = map[string]string{"(": ")", "[": "]", "{": "}"}

// group writes what stands up to a closing bracket, "" being the end.
func (w *writer) group(closer string) (text string, chained bool, err error) {
	if w.depth++; w.depth > 100 {
		return "", false, errors.New("its brackets are nested too deeply")
	}
	defer func() { w.depth-- }()
	var out strings.Builder
	var parts []part
	flush := func() error {
		s, c, err := segment(parts)
		out.WriteString(s)
		parts, chained = nil, chained || c
		return err
	}
	for ; w.at < len(w.lexemes); w.at++ {
		l := w.lexemes[w.at]
		switch {
		case l.is("(", "[", "{"):
			w.at++
			inner, c, err := w.group(closing[l.text])
			if err != nil {
				return "", false, err
			}
			parts = append(parts, part{lexeme{'g', l.text + inner + closing[l.text]}, c})
		case l.is(")", "]", "}"):
			if l.text != closer {
				return "", false, fmt.Errorf("%s closes nothing", l.text)
			}
			err := flush()
			return out.String(), chained, err
		case l.is(",", ":", "?"):
			if err := flush(); err != nil {
				return "", false, err
			}
			out.WriteString(l.text + " ")
		default:
			parts = append(parts, part{lexeme: l})
		}
	}
	if closer != "" {
		return "", false, fmt.Errorf("%s is missing", closer)
	}
	err = flush()
	return out.String(), chained, err
}

// segment writes what stands between commas: a if c else b becomes c ? a : b.
func segment(parts []part) (text string, chained bool, err error) {
	i := index(parts, "if")
	if i < 0 {
		if index(parts, "else") >= 0 {
			return "", false, errors.New("else has no if before it")
		}
		return plain(parts)
	}
	j := i + index(parts[i:], "else")
	if i == 0 || j <= i+1 || j == len(parts)-1 {
		return "", false, errors.New("want a if c else b")
	}
	yes, c1, err1 := plain(parts[:i])
	cond, c2, err2 := plain(parts[i+1 : j])
	no, c3, err3 := segment(parts[j+1:])
	return fmt.Sprintf("((%s) ? (%s) : (%s)) ", cond, yes, no), c1 || c2 || c3, cmp.Or(err1, err2, err3)
}

func index(parts []part, word string) int {
	for i, p := range parts {
		if p.is(word) {
			return i
		}
	}
	return -1
}

// A clause is what stands between and, or and not: it may compare.
type clause struct {
	compares int  // comparisons
	mixed    bool // with others than < <= > >=
	inner    bool // a chain stands in its brackets
}

// done reports whether the clause is a chain. The library computes the middle of
// a chain twice, so chains inside each other would grow without bounds.
func (c clause) done() (chain bool, err error) {
	switch {
	case c.compares < 2:
		return c.inner, nil
	case c.mixed:
		return true, errors.New("only < <= > >= can be chained: put brackets or and between the others")
	case c.inner:
		return true, errors.New("a chain of comparisons stands in another: write and instead")
	}
	return true, nil
}

// plain writes what has no commas and no if.
func plain(parts []part) (text string, chained bool, err error) {
	var out strings.Builder
	var cl clause
	opened := 0 // by not
	next := func() {
		c, e := cl.done()
		chained, err, cl = chained || c, cmp.Or(err, e), clause{}
	}
	for i := 0; i < len(parts); i++ {
		p := parts[i]
		word := p.text + " "
		rest := parts[i+1:]
		infix := i > 0 && len(rest) > 0
		switch {
		case p.is("and", "or", "&&", "||"):
			next()
			word = strings.Repeat(") ", opened) + word
			opened = 0
		case p.is("not") && infix && rest[0].is("in"):
			cl.compares, cl.mixed = cl.compares+1, true
			word, i = "not in ", i+1
		case p.is("not", "!"):
			next()
			word = "not ("
			opened++
		case p.is("is"):
			n := index(rest[:min(2, len(rest))], "None")
			if n < 0 || n == 1 && !rest[0].is("not") {
				return "", false, errors.New("is goes with None only: equal is ==")
			}
			cl.compares, cl.mixed = cl.compares+1, true
			word, i = []string{"== ", "!= "}[n], i+n
		case p.is("==", "!=", "in"):
			cl.compares, cl.mixed = cl.compares+1, true
		case p.is("<", "<=", ">", ">="):
			cl.compares++
		case p.is("//"):
			word = "/ " + floorMark + " / "
		case p.kind == 'g':
			cl.inner = cl.inner || p.chained
		case p.kind == 'n':
			word = strings.TrimRight(p.text, "lL") + " " // Python 2's 10L
		case p.kind == 'w':
			if word, err = spelled(p.text, rest, err); word == "" {
				return "", false, err
			}
		}
		out.WriteString(word)
	}
	next()
	out.WriteString(strings.Repeat(") ", opened))
	return out.String(), chained, err
}

// spelled is a name, as the library has it.
func spelled(word string, rest []part, err error) (string, error) {
	switch word {
	case "True":
		return "true ", err
	case "False":
		return "false ", err
	case "None", "null":
		return "nil ", err
	case "u", "U":
		if len(rest) > 0 && rest[0].kind == 's' { // u"text"
			return " ", err
		}
	case "let", "contains", "matches", "startsWith", "endsWith", "for", "lambda", floorMark:
		return "", fmt.Errorf("%s has no meaning in a formula", word)
	}
	return word + " ", err
}
