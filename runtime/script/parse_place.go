package script

import "slices"

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
		start := p.at
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
	was := p.past
	switch b {
	case bInclude, bNone: // what is included keeps its own order
		return
	case bDefine:
	case bComponent:
		p.past = max(p.past, pastComponents)
	default:
		p.past = pastStatements
	}
	after := "the statements"
	if was == pastComponents {
		after = "the components"
	}
	switch {
	case b == bDefine && was > pastNothing:
		p.report(outOfOrder.at(p.file, p.where(p.tok()), "a constant", after).
			help("constants come first, then components, then everything else"))
	case b == bComponent && was > pastComponents:
		p.report(outOfOrder.at(p.file, p.where(p.tok()), "a component", after).
			help("components come after the constants and before everything else"))
	}
}

// nothing reports what begins no statement.
func (p *parser) nothing(pl *place) {
	t := p.tok()
	switch {
	case t.kind == '}':
		p.report(unexpected.at(p.file, p.where(t), "'}'", "a statement").help("no brace is open here: leave it out"))
	case t.kind == tDoc:
		p.report(unexpected.at(p.file, p.where(t), "a docstring", "a statement").
			help("a docstring stands first in a component or test; # begins a comment"))
	case t.kind != tIdent:
		p.wrong("a statement", "")
	default:
		p.report(p.noStatement(pl))
		p.at++
	}
}

// noStatement is the issue with a name that begins no statement.
func (p *parser) noStatement(pl *place) Issue {
	t := p.tok()
	i := noStatement.at(p.file, p.where(t), p.text(t))
	call := func(n int) bool { // IDENT ("." IDENT)* "("
		for p.kind(n) == tIdent && p.kind(n+1) == '.' {
			n += 2
		}
		return p.kind(n) == tIdent && p.kind(n+1) == '('
	}
	switch {
	case p.kind(1) == '=' && call(2):
		return i.help("an actor is declared with NAME : TYPE()").edit(p.where(p.ahead(1)), ":")
	case p.kind(1) == '=':
		return i.help("a constant is defined with define NAME = VALUE, at the top").edit(p.span(t.Start, t.Start), "define ")
	case p.kind(1) == tArrow:
		return i.help("links are written with >, and go from ACTOR.PORT to ACTOR.PORT")
	case p.text(t) == "include":
		return i.help("write include NAME on one line, without .calvin")
	case pl.what == bTest && words[p.text(t)] != bNone:
		return i.help("%s", usage[words[p.text(t)]])
	case !p.leads(p.at):
		return i.help("is a comma missing before it?")
	case p.kind(1) == '(' || p.kind(1) == tIdent && p.ahead(1).Start.Line == t.End.Line && call(1):
		return i.help("an actor is declared with NAME : TYPE()")
	}
	return i.help("declare an actor with NAME : TYPE(), link ports with ACTOR.PORT > ACTOR.PORT")
}

// abandoned reports whether a definition begins here that stands at the very
// left, while no brace is left to close the place it would be in.
func (p *parser) abandoned() bool {
	if p.open == p.at {
		return true // said already, of the place within this one
	}
	switch p.beginning(p.at) {
	case bDefine, bComponent, bRule, bGroup, bApply, bTest:
	default:
		return false
	}
	if p.tok().Start.Col != 1 || !p.leads(p.at) {
		return false
	}
	depth := 0
	for _, t := range p.tokens[p.at:] {
		switch t.kind {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return true
}

// end takes the closing brace of a place. Where there is none, it is missing
// before the first statement that stands as far left as the head, and what
// follows belongs to the place around.
func (p *parser) end(pl *place) {
	if p.tok().kind == '}' {
		p.at++
		return
	}
	if !p.more() || p.open == p.at {
		return
	}
	p.open = p.at
	if n := len(p.file.issues); n > 0 && p.file.issues[n-1].Code == unexpectedEnd.code {
		return
	}
	at := p.here()
	kind := missingClose
	if p.tok().kind == tEnd {
		kind = unexpectedEnd
	}
	body := *pl.body
	if n := slices.IndexFunc(body, func(s Stmt) bool { return s.Where().Start.Col <= pl.col }); n > 0 && p.tok().kind == tEnd {
		end := body[n-1].Where().End
		at, kind = p.span(end, end), missingClose
		*pl.body = body[:n:n]
		*pl.in.body = append(*pl.in.body, body[n:]...)
	}
	p.report(kind.at(p.file, at, "the '}' of "+pl.name).see(pl.head, "to close this").edit(at, "\n}"))
}

// block reads a docstring if there may be one, statements and the closing
// brace. Each place has at least one statement.
func (p *parser) block(pl *place, doc **Doc) {
	if t := p.tok(); t.kind == tDoc && doc != nil {
		p.at++
		*doc = &Doc{p.where(t), docText(p.text(t))}
	}
	before := len(p.file.issues)
	p.statements(pl)
	closed := p.tok().kind == '}'
	if closed && len(*pl.body) == 0 && len(p.file.issues) == before {
		if pl.what == bComponent {
			p.report(emptyComponent.at(p.file, pl.head, pl.name[len("component "):]).help("link its ports to actors between { and }"))
		} else {
			p.report(emptyBlock.at(p.file, pl.head, pl.name).help("leave it out, or write between { and } what it is for"))
		}
	}
	p.end(pl)
}

// brace takes the brace that opens a place. When the head is broken, it is
// looked for on the same line, so that the body is not read as something else.
func (p *parser) brace(ok bool, help string) bool {
	if ok && p.want('{', "'{'", help) {
		return true
	}
	line := p.here().Start.Line
	for k := p.at; p.tokens[k].kind != tEnd && p.tokens[k].Start.Line == line; k++ {
		if p.tokens[k].kind == '{' {
			p.at = k + 1
			return true
		}
	}
	return false
}
