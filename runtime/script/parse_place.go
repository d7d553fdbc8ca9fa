package script

// A place is where statements stand: the program, or between the braces of a
// component, a for or a test.
type place struct {
	what  beginning // bComponent, bFor, bTest; bNone: the program
	name  string    // "component C", "this for"
	head  Span      // what to show when its brace is missing
	col   int32     // where its statement begins
	in    *place    // around this one; nil: none
	body  *[]Stmt
	whole bool // up to the end of the text: the program, or a file included in a component
	loose bool // its brace is missing: it ends where the text stands no further right than col
}

// inside reports whether a place is one of a kind, or within one.
func (pl *place) inside(what beginning) bool {
	for ; pl != nil; pl = pl.in {
		if pl.what == what {
			return true
		}
	}
	return false
}

// An order is how far a text has come: Calvin wants constants first, then
// components, then all else.
type order uint8

const (
	pastNothing order = iota
	pastComponents
	pastStatements
)

// statements reads what stands in a place, up to its brace or the end.
func (p *parser) statements(pl *place) {
	for p.more() && p.tok().kind != tEnd {
		if !pl.whole && (p.tok().kind == '}' || p.abandoned()) {
			return
		}
		if pl.loose && p.leads(p.at) && p.tok().Start.Col <= pl.col {
			return
		}
		start := p.at
		p.first = start
		if !p.one(pl) {
			p.recover(start, !pl.whole)
		}
	}
}

// one reads one statement or definition.
func (p *parser) one(pl *place) bool {
	b := p.beginning(p.at)
	if (b == bGive || b == bExpect || b == bAfter || b == bSet) && pl.what != bTest && !p.introduces(p.at) {
		b = bNone
	}
	fits := p.fits(b, pl)
	if pl.what == bNone {
		p.inOrder(b)
	}
	s, ok := p.statement(b, pl, fits)
	switch {
	case !ok || pl.what != bNone || b == bInclude || b == bDefine:
	case b == bComponent:
		p.past = max(p.past, pastComponents)
	default:
		p.past = pastStatements
	}
	switch {
	case s == nil:
	case fits:
		*pl.body = append(*pl.body, s)
	default:
		p.drop(s)
	}
	return ok
}

// statement reads what begins with b. It gives no statement where that goes
// elsewhere, as constants do, or is broken.
func (p *parser) statement(b beginning, pl *place, fits bool) (s Stmt, ok bool) {
	switch b {
	case bDefine:
		return nil, p.constant()
	case bComponent:
		return nil, p.component(pl)
	case bInclude:
		return p.include(pl, fits)
	case bRule:
		return p.rule()
	case bGroup:
		return p.group()
	case bApply:
		return p.apply()
	case bFor:
		return p.loop(pl)
	case bTest:
		return p.test(pl)
	case bGive, bExpect:
		return p.tokensAt(b)
	case bAfter:
		return p.after()
	case bSet:
		return p.set()
	case bInstance:
		return p.instance()
	case bPort:
		return p.portStatement()
	case bLink:
		return p.link()
	}
	p.nothing(pl)
	return nil, false
}

// drop forgets a statement that stands where it can't. The names it declares
// are lost, so that to use them is no second mistake.
func (p *parser) drop(s Stmt) {
	switch s := s.(type) {
	case *Instance:
		p.file.lost[s.Name.Name] = true
	case *RuleDef:
		p.file.lost[s.Name.Name] = true
	case *Group:
		p.file.lost[s.Name.Name] = true
	case *For:
		for _, s := range s.Body {
			p.drop(s)
		}
	}
}

// fits looks whether a statement may stand in a place.
func (p *parser) fits(b beginning, pl *place) bool {
	help := ""
	switch b {
	case bDefine, bComponent, bRule, bGroup, bTest:
		if pl.what != bNone {
			help = "move it out of " + pl.name
		}
	case bApply:
		if pl.inside(bComponent) || pl.what == bTest {
			help = "move it out of " + pl.name
		}
	case bInclude:
		if pl.what != bNone && pl.what != bComponent {
			help = "move it to the top of the script"
		}
	case bFor:
		if pl.what == bTest {
			help = "move it out of " + pl.name + ": a test names what the program has made"
		}
	case bGive, bExpect, bAfter, bSet:
		if pl.what != bTest {
			help = `it is part of a test: test "NAME" { ... }`
		}
	}
	if help == "" {
		return true
	}
	name := pl.name
	if pl.what == bNone {
		name = "the program"
	}
	t := p.tok()
	p.report(misplaced.at(p.file, p.where(t), "'"+p.text(t)+"'", name).help("%s", help))
	return false
}

// inOrder looks after Calvin's order of definitions and statements.
func (p *parser) inOrder(b beginning) {
	after := "the statements"
	if p.past == pastComponents {
		after = "the components"
	}
	switch {
	case b == bDefine && p.past > pastNothing:
		p.report(outOfOrder.at(p.file, p.where(p.tok()), "a constant", after).
			help("constants come first, then components, then everything else"))
	case b == bComponent && p.past > pastComponents:
		p.report(outOfOrder.at(p.file, p.where(p.tok()), "a component", after).
			help("components come after the constants and before everything else"))
	}
}
