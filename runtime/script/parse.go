package script

import (
	"fmt"
	"math"
)

// Parse reads a script. The file is never nil: it holds every statement that
// could be understood, and its issues are kept for [Check] and [Compile]. The
// name is used in positions and to name the application.
func Parse(name string, src []byte) (*File, Issues) {
	f := &File{Name: name, Src: src, Texts: []Text{{name, src}}, lost: map[string]bool{}}
	f.parse(0)
	f.issues = f.issues.settle(f)
	return f, f.issues
}

// parse reads the text with a number.
func (f *File) parse(no int32) {
	src := f.Texts[no].Src
	if len(src) > maxSource {
		top := Span{Start: Pos{1, 1, 0}, End: Pos{1, 1, 0}, Src: no}
		f.issues = append(f.issues, tooLarge.at(f, top, fmt.Sprintf("a script of %d bytes is too large: at most %d", len(src), maxSource)))
		return
	}
	p := &parser{file: f, no: no, src: string(src), tokens: scan(f, no)}
	p.script()
}

// maxSource keeps positions well within 32 bits.
const maxSource = math.MaxInt32 / 4

// maxDepth is how deep values, rules and components may nest.
const maxDepth = 100

type parser struct {
	file   *File
	no     int32  // of the text, among the file's
	src    string // the text, of which names and strings are pieces
	tokens []token
	at     int
	depth  int
}

func (p *parser) tok() *token { return &p.tokens[p.at] }

// ahead is the nth token from here; beyond the end it is the end.
func (p *parser) ahead(n int) *token { return &p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *parser) kind(n int) tokenKind { return p.ahead(n).kind }

// text is what a token looks like in the script.
func (p *parser) text(t *token) string { return p.src[t.Start.Offset:t.End.Offset] }

// take is the present token; the parser goes on to the next.
func (p *parser) take() *token {
	t := &p.tokens[p.at]
	if t.kind != tEnd {
		p.at++
	}
	return t
}

// since is the span from a position to the end of the last token taken.
func (p *parser) since(start Pos) Span {
	if p.at == 0 {
		return p.span(start, start)
	}
	end := p.tokens[p.at-1].End
	if end.Offset < start.Offset {
		end = start
	}
	return p.span(start, end)
}

func (p *parser) span(start, end Pos) Span { return Span{Start: start, End: end, Src: p.no} }

// leads reports whether a token is the first of its line.
func (p *parser) leads(at int) bool {
	return at == 0 || p.tokens[at-1].End.Line < p.tokens[at].Start.Line
}

func (p *parser) report(i Issue) { p.file.issues = append(p.file.issues, i) }

// wrong reports that something else should stand here. Where the statement
// ends too early, that is the end of its last token. It says nothing about a
// token that the scanner has spoken of already.
func (p *parser) wrong(want, hint string) {
	t := p.tok()
	switch {
	case t.kind == tEnd:
		if n := len(p.file.issues); n == 0 || p.file.issues[n-1].Code != unexpectedEnd.code {
			p.report(unexpectedEnd.at(p.file, p.here(), want).help("%s", hint))
		}
	case t.kind == tBad:
	case p.at > 0 && p.begins(p.at):
		p.report(missingClose.at(p.file, p.here(), want).help("%s", hint))
	default:
		p.report(unexpected.at(p.file, t.Span, p.describe(t), want).help("%s", hint))
	}
}

// here is where the last token ended.
func (p *parser) here() Span {
	if p.at == 0 {
		return p.span(p.tok().Start, p.tok().Start)
	}
	end := p.tokens[p.at-1].End
	return p.span(end, end)
}

func (p *parser) describe(t *token) string {
	switch t.kind {
	case tIdent:
		return "'" + p.text(t) + "'"
	case tNumber:
		return "the number " + p.text(t)
	case tString, tRef:
		return "a string"
	case tDoc:
		return "a docstring"
	}
	return "'" + p.text(t) + "'"
}

// want takes a token of a kind, or reports what is missing.
func (p *parser) want(k tokenKind, name string) bool {
	if p.tok().kind == k {
		p.at++
		return true
	}
	p.wrong(name, "")
	return false
}

// close takes a closing bracket.
func (p *parser) close(k tokenKind) bool { return p.want(k, "'"+string(rune(k))+"'") }

func (p *parser) ident(what string) (Ident, bool) {
	t := p.tok()
	if t.kind != tIdent {
		hint := ""
		if t.kind >= tTrue && t.kind <= tApply {
			hint = fmt.Sprintf("'%s' is a word of the language: choose another name", p.text(t))
		}
		p.wrong(what, hint)
		return Ident{}, false
	}
	p.at++
	return Ident{t.Span, p.text(t)}, true
}

// qualified reads IDENT ("." IDENT)*.
func (p *parser) qualified(what string) (Ident, bool) {
	id, ok := p.ident(what)
	for ok && p.tok().kind == '.' {
		p.at++
		var part Ident
		if part, ok = p.ident("a name after the dot"); ok {
			id.Name += "." + part.Name
			id.End = part.End
		}
	}
	return id, ok
}

// script reads the whole file.
func (p *parser) script() {
	f := p.file
	for p.tok().kind != tEnd && len(f.issues) <= maxIssues {
		start := p.at
		ok := false
		switch p.tok().kind {
		case tDefine:
			if len(f.Components) > 0 || len(f.Body) > 0 {
				p.disorder("a constant", "constants come first, then components, then everything else")
			}
			ok = p.constant()
		case tComponent:
			if len(f.Body) > 0 {
				p.disorder("a component", "components come after the constants and before everything else")
			}
			ok = p.component()
		default:
			var s Stmt
			s, ok = p.statement()
			if _, is := s.(*Include); !is && s != nil {
				f.Body = append(f.Body, s)
			}
		}
		if !ok {
			p.recover(start, false)
		}
	}
	if len(f.issues) > maxIssues && f.issues[len(f.issues)-1].Code != tooMany.code {
		p.report(tooMany.at(f, p.tok().Span, maxIssues))
	}
}

func (p *parser) disorder(what, hint string) {
	after := "the statements"
	if len(p.file.Body) == 0 {
		after = "the components"
	}
	p.report(outOfOrder.at(p.file, p.tok().Span, what, after).help("%s", hint))
}

// begins reports whether the token at an index is where a statement begins:
// it leads its line and what follows fits no other place.
func (p *parser) begins(at int) bool {
	if !p.leads(at) {
		return false
	}
	kind := func(n int) tokenKind { return p.tokens[min(at+n, len(p.tokens)-1)].kind }
	port := func(n int) bool { // . IDENT and then > [ or (
		return kind(n) == '.' && kind(n+1) == tIdent && (kind(n+2) == '>' || kind(n+2) == '(' || kind(n+2) == '[')
	}
	switch kind(0) {
	case tDefine, tComponent, tVoidport, tRule, tGroup, tApply:
		return true
	case tIdent:
		return kind(1) == ':' || kind(1) == '>' || port(1)
	case '.':
		return port(0)
	case ':':
		return kind(1) == tIdent
	case tTrue, tFalse, tNull:
		return kind(1) == '>' || kind(1) == ':'
	case tNumber, tString, tRef:
		return kind(1) == '>'
	}
	return false
}

// recover goes on to where the next statement begins, or inside a component to
// its end. Start is the first token of the broken statement.
func (p *parser) recover(start int, inside bool) {
	if p.at == start {
		p.take()
	}
	depth := 0
	for ; p.tok().kind != tEnd; p.at++ {
		if p.begins(p.at) {
			return
		}
		switch p.tok().kind {
		case '{':
			depth++
		case '}':
			if inside && (depth == 0 || p.leads(p.at)) {
				return
			}
			depth--
		}
	}
}

// constant reads define NAME = VALUE.
func (p *parser) constant() bool {
	start := p.take().Start
	name, ok := p.ident("the constant's name")
	if !ok {
		return false
	}
	c := &Constant{Name: name}
	if ok = p.want('=', "'='"); ok {
		c.Value, ok = p.argument("the constant's value")
	}
	if !ok {
		p.file.lost[name.Name] = true
		return false
	}
	c.Span = p.since(start)
	p.file.Constants = append(p.file.Constants, c)
	return true
}

// component reads the definition of a component.
func (p *parser) component() bool {
	start := p.take().Start
	c := &Component{}
	var ok bool
	if c.Name, ok = p.qualified("the component's name"); !ok {
		return false
	}
	p.file.lost[c.Name.Name] = true
	if !p.want('(', "'(' and the component's parameters") {
		return false
	}
	params, ok := p.names(')')
	if !ok || !p.close(')') {
		return false
	}
	for _, id := range params {
		c.Params = append(c.Params, Param{Ident: id})
	}
	if c.In, ok = p.names(tArrow); !ok || !p.want(tArrow, "'->' between in-ports and out-ports") {
		return false
	}
	if c.Out, ok = p.names('{'); !ok || !p.want('{', "'{'") {
		return false
	}
	delete(p.file.lost, c.Name.Name)
	if t := p.tok(); t.kind == tDoc {
		p.at++
		c.Doc = &Doc{t.Span, docText(p.text(t))}
	}
	before := len(p.file.issues)
	closed := p.block(c)
	c.Span = p.since(start)
	p.file.Components = append(p.file.Components, c)
	if closed && len(c.Body) == 0 && len(p.file.issues) == before {
		p.report(emptyComponent.at(p.file, c.Name.Span, c.Name.Name).help("link its ports to actors between { and }"))
	}
	return true
}

// names reads (IDENT ("," IDENT)*)? up to a token of kind end.
func (p *parser) names(end tokenKind) ([]Ident, bool) {
	var ids []Ident
	if p.tok().kind == end {
		return nil, true
	}
	for {
		id, ok := p.ident("a name")
		if !ok {
			return ids, false
		}
		ids = append(ids, id)
		if p.tok().kind != ',' {
			return ids, true
		}
		p.at++
	}
}

// block reads a component's statements and its closing brace, and reports
// whether that was there.
func (p *parser) block(c *Component) bool {
	for len(p.file.issues) <= maxIssues {
		start := p.at
		switch t := p.tok(); t.kind {
		case '}':
			p.at++
			return true
		case tEnd:
			p.wrong("the '}' of component "+c.Name.Name, "")
			return false
		case tDefine, tComponent, tRule, tGroup, tApply:
			if p.leads(p.at) && t.Start.Col == 1 { // the next definition: a brace was forgotten
				p.report(missingClose.at(p.file, p.here(), "'}'").see(c.Name.Span, "to close this component"))
				return false
			}
			p.report(misplaced.at(p.file, t.Span, "'"+p.text(t)+"'", "a component").help("move it out of the component"))
			p.recover(start, true)
		default:
			s, ok := p.statement()
			if s != nil {
				c.Body = append(c.Body, s)
			}
			if !ok {
				p.recover(start, true)
			}
		}
	}
	return false
}
