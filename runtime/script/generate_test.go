package script

import (
	"math/rand/v2"
	"strings"
)

// A generator writes scripts that have no mistake in their grammar, with white
// space and comments wherever they may stand.
type generator struct {
	rng   *rand.Rand
	b     strings.Builder
	last  string
	plain bool // one space between all words, a line for each statement
	depth int
}

// What may stand between two words.
type glue int

const (
	any_  glue = iota // whatever
	line_             // no line end
	none              // nothing
)

func generate(seed uint64) []byte {
	g := &generator{rng: rand.New(rand.NewPCG(seed, 1)), plain: seed%5 == 0}
	for range g.rng.IntN(4) {
		g.constant()
	}
	for range g.rng.IntN(3) {
		g.component()
	}
	for range g.rng.IntN(8) {
		g.statement(true)
	}
	g.space(any_)
	return []byte(g.b.String())
}

func (g *generator) n(n int) bool { return g.rng.IntN(n) == 0 }

func (g *generator) pick(words ...string) string { return words[g.rng.IntN(len(words))] }

// w writes a word behind a glue.
func (g *generator) w(between glue, words ...string) {
	for _, word := range words {
		before := g.b.Len()
		g.space(between)
		if between != none && g.b.Len() == before && touching(g.last, word) {
			g.b.WriteByte(' ')
		}
		g.b.WriteString(word)
		g.last = word
	}
}

// touching reports whether two words need a space between them.
func touching(a, b string) bool {
	if a == "" {
		return false
	}
	x, y := a[len(a)-1], b[0]
	switch {
	case word(x) && word(y), x == '"' && y == '"', x == '.' && y == '.', x == '.' && digit(y), digit(x) && y == '.':
		return true
	case x == '/' && (y == '/' || y == '*'), x == '&' && letter(y), x == '-' || y == '>':
		return true
	case x == '!' || y == '!':
		return true
	}
	return false
}

func (g *generator) space(between glue) {
	if between == none {
		return
	}
	if g.plain {
		if g.b.Len() > 0 && g.last != "" {
			g.b.WriteByte(' ')
		}
		return
	}
	for g.n(3) {
		switch g.rng.IntN(9) {
		case 0, 1, 2, 3:
			g.b.WriteString(g.pick(" ", "  ", "\t"))
		case 4, 5:
			if between == any_ {
				g.b.WriteString(g.pick("\n", "\n\n", "\n\n\n", "\r\n", "\n   "))
			}
		case 6:
			if between == any_ {
				g.b.WriteString(g.pick(" # one", " // two ", "#\t three") + g.pick("\n", "\r\n"))
			}
		case 7:
			g.b.WriteString(g.pick(" /* a */", " /**/ ", " /* # b // */ "))
		case 8:
			if between == any_ {
				g.b.WriteString(g.pick(" /* a\n   b */", "\n/* c */\n", " /* d\n\n*/ "))
			}
		}
	}
}

// begin starts a statement: on a line of its own, so that nothing before can go
// on into it.
func (g *generator) begin() {
	g.space(any_)
	if g.n(8) && !g.plain && strings.HasSuffix(g.last, ")") {
		g.b.WriteByte(' ')
	} else {
		g.b.WriteString("\n")
		g.space(line_)
	}
	g.last = ""
}

func (g *generator) constant() {
	g.begin()
	g.w(none, "define")
	g.w(any_, g.name(), "=")
	g.value(any_)
}

func (g *generator) component() {
	g.begin()
	g.w(none, "component")
	g.w(any_, g.name())
	for g.n(4) {
		g.w(any_, ".", g.name())
	}
	g.w(any_, "(")
	g.list(g.rng.IntN(3), func(int) {
		g.w(any_, g.name())
		if g.n(2) {
			g.w(any_, "=")
			g.value(any_)
		}
	})
	g.w(any_, ")")
	g.list(g.rng.IntN(3), func(int) { g.w(any_, g.name()) })
	g.w(any_, "->")
	n := g.rng.IntN(3)
	if g.n(6) {
		n = 20
	}
	g.list(n, func(int) { g.w(any_, g.name()) })
	g.w(any_, "{")
	if g.n(2) {
		g.w(any_, `"""`+g.pick("doc", "two\n   lines\n\n  more", "\n    own\n      lines\n    ", `say "hi" `, "")+`"""`)
	}
	for range 1 + g.rng.IntN(4) {
		g.statement(false)
	}
	g.w(any_, "}")
}

func (g *generator) port(between glue, program bool) {
	if !program && g.n(3) {
		g.w(between, ".")
	} else {
		g.w(between, g.plainName())
		g.w(any_, ".")
	}
	g.w(any_, g.plainName())
}

func (g *generator) link(program bool) {
	switch g.rng.IntN(6) {
	case 0:
		g.w(none, "voidport")
		g.w(any_, ">")
		g.list(1+g.rng.IntN(3), func(int) { g.port(any_, true) })
		return
	case 1:
		g.port(none, true)
		g.w(any_, ">", "voidport")
		return
	case 2, 3:
		g.port(none, program)
	default:
		first := none
		if g.n(3) {
			g.w(none, ":")
			g.w(any_, g.name())
			first = any_
		}
		if g.n(3) {
			g.w(first, "once")
			first = line_
		}
		if first == none && g.n(2) { // a field needs more than one dot here
			g.w(none, g.pick("1", `"x"`, "[1]", g.name()))
		} else if first == none {
			g.w(none, "A", ".", "b", ".", "c")
		} else {
			g.value(first)
		}
	}
	if g.last == `"x"` {
		g.w(line_, ">") // tells it from a string that goes on the one before
	} else {
		g.w(any_, ">")
	}
	g.list(1+g.rng.IntN(3)*g.rng.IntN(6), func(int) {
		if g.n(4) {
			g.w(any_, "/")
			if g.n(2) {
				g.w(any_, ":", g.name())
			}
			g.value(any_)
			g.w(any_, "/")
		}
		inner := true
		if g.n(6) {
			g.w(any_, "@", g.pick("1", `"t"`))
		} else {
			inner = program
		}
		g.port(any_, inner)
	})
}

func (g *generator) rule() {
	g.depth++
	defer func() { g.depth-- }()
	switch k := g.rng.IntN(7); {
	case k < 2 || g.depth > 4:
		g.w(any_, g.plainName())
	case k == 2:
		g.w(any_, g.plainName())
		g.args()
	case k == 3:
		g.w(any_, "~")
		g.rule()
	case k == 4:
		g.w(any_, "(")
		g.rule()
		g.w(any_, ")")
	default:
		g.rule()
		g.w(any_, g.pick("&", "|"))
		g.rule()
	}
}

func (g *generator) path(between glue) {
	g.w(between, g.plainName())
	for g.n(3) {
		g.w(none, ":", g.name())
	}
}

func (g *generator) statement(program bool) {
	g.begin()
	g.depth++
	defer func() { g.depth-- }()
	n := 5
	if program {
		n = 9
	}
	if g.depth > 3 {
		n = 4
	}
	switch g.rng.IntN(n) {
	case 0, 1:
		g.w(none, g.name())
		g.w(any_, ":", g.pick("T", "std.Sum", "a.b.c"))
		g.args()
	case 2:
		g.link(program)
	case 3:
		g.port(none, program)
		if g.n(2) {
			g.w(any_, "[", g.pick("in", "out"), "]")
		}
		g.args()
	case 4:
		g.w(none, "for")
		g.w(line_, g.name())
		g.w(any_, "in")
		g.value(any_)
		g.w(any_, "{")
		for range 1 + g.rng.IntN(2) {
			g.statement(false)
		}
		g.w(any_, "}")
	case 5:
		g.w(none, "rule")
		g.w(any_, g.plainName(), ":")
		g.rule()
	case 6:
		g.w(none, "group")
		g.w(any_, g.plainName(), ":")
		g.list(1+g.rng.IntN(4), func(int) { g.path(any_) })
	case 7:
		g.w(none, "apply")
		g.list(1+g.rng.IntN(4), func(int) { g.path(any_) })
		g.w(line_, ":")
		g.rule()
	case 8:
		g.test()
	}
}

func (g *generator) test() {
	g.w(none, "test")
	g.w(line_, `"name"`)
	g.w(any_, "{")
	for range 1 + g.rng.IntN(5) {
		g.begin()
		switch g.rng.IntN(4) {
		case 0, 1:
			g.w(none, g.pick("give", "expect"))
			expect := g.last == "expect"
			g.path(line_)
			g.w(any_, ".", g.name())
			g.value(any_)
			if expect && g.n(2) {
				g.w(any_, "...")
			}
		case 2:
			g.w(none, "after")
			g.w(line_, g.pick("1", "0.5", "3."))
		case 3:
			g.w(none, "set")
			g.w(line_, "io")
			g.w(any_, ".", g.name())
			g.value(any_)
		}
	}
	g.w(any_, "}")
}
