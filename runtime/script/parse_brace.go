package script

import "slices"

// What stands between braces, and what to make of it when one is missing: then
// the indentation says what the writer meant.

// A suspect is a place that was closed by a brace which stands as if it closed
// the place around. If that one is never closed, here is where a brace is missing.
type suspect struct {
	pl *place
	at Span
}

// brace takes the brace that opens a place. When the head is broken, it is
// looked for on the same line, so that the body is not read as something else;
// when it is missing, a body that is indented is read as if it were there. Start
// is the first token of the head.
func (p *parser) brace(pl *place, start int, ok bool, help string) bool {
	switch k := p.tok().kind; {
	case ok && k == '{':
		p.at++
		return true
	case ok && k == ':':
		p.instead("'{'", help, " {")
	case ok:
		p.mend("'{'", help, " {")
	}
	depth := 0
	for _, t := range p.tokens[start:p.at] {
		depth += turn(t.kind)
	}
	for k := p.at; ; k++ {
		t := &p.tokens[k]
		switch {
		case t.kind == tEnd || k > p.at && p.resumes(k) && t.Start.Col <= pl.col:
			return false
		case depth <= 0 && t.kind == '{':
			p.at = k + 1
			return true
		case depth <= 0 && p.leads(k):
			pl.loose = t.Start.Col > pl.col
			if pl.loose {
				p.at = k
			}
			return pl.loose
		}
		depth += turn(t.kind)
	}
}

// block reads a docstring if there may be one, statements and the closing
// brace. Each place has at least one statement.
func (p *parser) block(pl *place, doc **Doc) {
	if t := p.tok(); t.kind == tDoc && doc != nil {
		p.at++
		*doc = &Doc{p.where(t), docText(p.text(t))}
	}
	first, before := p.first, len(p.file.issues)
	if p.nested++; p.nested > maxDepth {
		p.report(tooDeep.at(p.file, pl.head, maxDepth))
		p.at = len(p.tokens) - 1
		p.open = p.at
	}
	p.statements(pl)
	p.nested--
	p.first = first
	t := p.tok()
	switch {
	case t.kind == '}' && (!pl.loose || t.Start.Col >= pl.col || !p.leads(p.at)):
		if len(*pl.body) == 0 && len(p.file.issues) == before {
			p.report(p.empty(pl))
		}
		p.look(pl)
		p.at++
	case !pl.loose && p.more() && p.open != p.at:
		p.missing(pl)
	}
}

// empty is the issue with a place that has no statement.
func (p *parser) empty(pl *place) Issue {
	brace := p.where(p.tok())
	if pl.what == bComponent {
		return emptyComponent.at(p.file, brace, pl.name[len("component "):]).
			help("link its ports to actors between { and }").see(pl.head, "the component")
	}
	return emptyBlock.at(p.file, brace, pl.name).help("leave it out, or write between { and } what it is for").see(pl.head, "it begins here")
}

// look looks whether a closing brace stands where that of a place around would.
func (p *parser) look(pl *place) {
	t := p.tok()
	if !p.leads(p.at) || t.Start.Col == pl.col || p.suspect != nil {
		return
	}
	for o := pl.in; o != nil && !o.whole; o = o.in {
		if o.col == t.Start.Col {
			at, _ := p.left(pl)
			p.suspect = &suspect{pl, at}
			return
		}
	}
}

// missing reports a closing brace that is not there. It is missing where a brace
// within was taken for it; or before the first statement that stands as far left
// as the head, and then what follows belongs to the place around; or here.
func (p *parser) missing(pl *place) {
	p.open = p.at
	body, at, kind := *pl.body, p.here(), missingClose
	if p.swallowed() {
		return
	}
	if p.tok().kind == tEnd {
		kind = unexpectedEnd
		var n int
		if at, n = p.left(pl); n > 0 {
			kind = missingClose
			*pl.body = body[:n:n]
			*pl.in.body = append(*pl.in.body, body[n:]...)
		}
	}
	name, head := pl.name, pl.head
	if s := p.suspect; s != nil && pl.head.before(s.pl.head) {
		name, head, at, kind = s.pl.name, s.pl.head, s.at, missingClose
		p.suspect = nil
	}
	p.report(kind.at(p.file, at, "the '}' of "+name).see(head, "to close this").edit(at, "\n}"))
}

// left finds the first statement in a place, but not the first of all, that
// stands as far left as its head, and gives where the one before it ends; n is 0
// and that is here if there is none.
func (p *parser) left(pl *place) (at Span, n int) {
	body := *pl.body
	n = slices.IndexFunc(body, func(s Stmt) bool { return s.Where().Start.Col <= pl.col && s.Where().Src == p.no })
	if n <= 0 {
		return p.here(), 0
	}
	end := body[n-1].Where().End
	return p.span(end, end), n
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
