package script

import (
	"cmp"
	"fmt"
)

// maxSteps bounds what one script, with its tests, may cost to work out: about a
// second of one core, as anybody who may look may have a script checked. A step is
// what takes a tenth of a microsecond or two, such as to take a port of a component
// for the one that it leads to. An actor with its links takes some fifty, so that
// there is room for all that [maxActors] allows, where they stand side by side; what
// multiplies on its way through components in components, or through all elements of
// several fors, comes to an end here.
const maxSteps = 6_000_000

// The steps of what costs more than one.
const (
	stepsFrame    = 8  // to begin with a component, or an element of a for
	stepsInstance = 12 // to make an actor
	stepsLink     = 12 // to make a link, and to look at it afterwards
	stepsBytes    = 64 // how much an argument holds that takes one more
)

// withSteps is for tests: another limit than [maxSteps].
func withSteps(n int) Option { return func(o *options) { o.steps = n } }

// An effort counts the steps of a program.
type effort struct {
	steps int
	most  int  // 0: maxSteps
	spent bool // there were too many: reported
}

// spend counts n steps for what stands at where, and reports whether they may be
// done. It is at where that a script has had too much done, which is not always what
// multiplied it.
func (p *program) spend(n int, where Span) bool {
	p.effort.steps += n
	most := cmp.Or(p.effort.most, maxSteps)
	if p.effort.steps <= most {
		return true
	}
	if !p.effort.spent {
		p.effort.spent = true
		p.mustReport(tooLarge.at(p.file, where, fmt.Sprintf("up to here the script takes more than %d steps to work out", most)).
			help("make less of it: shorter lists in fors, fewer components in components, or several applications"))
	}
	return false
}

// spend is that of the program; nothing more is made when there were too many.
func (x *expander) spend(n int, where Span) bool {
	if !x.program.spend(n, where) {
		x.over = true
	}
	return !x.over
}

// placeOf is where an expression stands; the beginning of the script for none.
func placeOf(e Expr) Span {
	if e == nil {
		return Span{Start: Pos{1, 1, 0}, End: Pos{1, 1, 0}}
	}
	return e.Where()
}

// where is where a block begins that is made again and again.
func (b *block) where() Span {
	switch {
	case b.loop != nil:
		return b.loop.Span
	case b.test != nil:
		return b.test.Span
	case b.comp != nil:
		return b.comp.Span
	}
	return placeOf(nil)
}

// mustReport is report for what nothing may push out: without it a script that was
// not worked out would pass for one that is empty.
func (p *program) mustReport(i Issue) { p.issues = append(p.issues, i) }
