package script

import (
	"fmt"
	"strings"
)

// What generated scripts are made of: names, values, arguments.

func (g *generator) name() string {
	return g.pick("a", "b1", "long_name_of_an_actor", "X", "for", "test", "give", "expect", "after", "set", "once", "in", "include", "trueish", "bed_1")
}

// plainName is no word that means something at the beginning of a statement.
func (g *generator) plainName() string { return g.pick("a", "b1", "c_c", "X", "Y2") }

func (g *generator) str() string {
	return g.pick(`"a"`, `""`, `"with \" quote"`, `!"raw\d"`, `"`+strings.Repeat("long ", g.rng.IntN(12))+`"`, `&a.b`, `"åäö"`, `"# no // comment"`)
}

func (g *generator) list(n int, item func(int)) {
	for i := range n {
		if i > 0 {
			g.w(any_, ",")
		}
		item(i)
	}
}

func (g *generator) value(between glue) {
	g.depth++
	defer func() { g.depth-- }()
	k := g.rng.IntN(10)
	if g.depth > 3 {
		k = g.rng.IntN(5)
	}
	switch k {
	case 0, 1:
		g.w(between, g.pick("1", "-2", "3.5", "12.", "007", "true", "false", "null"))
	case 2, 3:
		g.w(between, g.str())
		for g.n(6) {
			g.w(any_, g.str())
		}
	case 4:
		g.w(between, g.plainName())
	case 5:
		g.w(between, g.plainName())
		for more := true; more; more = g.n(3) {
			g.w(line_, ".")
			g.w(any_, g.name())
		}
	case 6, 7:
		g.w(between, "[")
		n := g.rng.IntN(5)
		if g.n(6) {
			n = 40
			g.depth += 2
			defer func() { g.depth -= 2 }()
		}
		for i := range n {
			g.value(any_)
			if i < n-1 || g.n(3) {
				g.w(any_, ",")
			}
		}
		g.w(any_, "]")
	case 8:
		g.w(between, "{")
		for i := range g.rng.IntN(4) {
			g.w(any_, fmt.Sprintf(`"k%d"`, i), ":")
			g.value(any_)
			if !g.n(3) || strings.ContainsAny(g.last, `"&`) { // a string would go on
				g.w(any_, ",")
			}
		}
		g.w(any_, "}")
	default:
		g.value(between)
		g.w(any_, "+")
		g.value(any_)
	}
}

func (g *generator) args() {
	g.w(any_, "(")
	for range g.rng.IntN(4) {
		g.w(any_, g.name(), "=")
		g.value(any_)
		if !g.n(3) {
			g.w(any_, ",")
		}
	}
	g.w(any_, ")")
}
