package script

import (
	"math"
	"strings"
)

// How the statements that Calvin doesn't have are written.
var usage = map[beginning]string{
	bDefine: "write define NAME = VALUE", bComponent: "write component NAME() IN -> OUT { ... }", bInclude: "write include NAME",
	bFor:    `write for NAME in ["1", "2"] { ... }`,
	bTest:   `write test "NAME" { ... }`,
	bGive:   "write give ACTOR.PORT [TOKEN, ...]",
	bExpect: "write expect ACTOR.PORT [TOKEN, ...]",
	bAfter:  "write after SECONDS",
	bSet:    "write set CAPABILITY VALUE, such as set io.temperature 37.2",
}

// beginnings are those by the words that have a usage.
var beginnings = map[string]beginning{
	"define": bDefine, "component": bComponent, "include": bInclude,
	"for": bFor, "test": bTest, "give": bGive, "expect": bExpect, "after": bAfter, "set": bSet,
}

// loop reads for NAME in LIST { ... }.
func (p *parser) loop(around *place) (Stmt, bool) {
	at := p.at
	start := p.take().Start
	f := &For{}
	ok := !p.word("in") || p.kind(1) == tIdent && p.text(p.ahead(1)) == "in" // "in" may be the name
	if ok = ok && p.tok().kind == tIdent; !ok {
		p.wrong("a name for the element", usage[bFor])
	} else if f.Var, ok = p.ident("a name for the element"); ok {
		if ok = p.word("in"); ok {
			p.at++
			f.Over, ok = p.argument("a list")
		} else {
			p.wrong("'in' and a list", usage[bFor])
		}
	}
	pl := &place{what: bFor, name: "this for", head: p.since(start), col: start.Col, in: around, body: &f.Body}
	if !p.brace(pl, at, ok, "what is made for each element stands in braces") {
		p.file.lost[f.Var.Name] = true
		return nil, false
	}
	p.block(pl, nil)
	f.Span = p.since(start)
	if !ok {
		p.file.lost[f.Var.Name] = true
		p.drop(f)
		return nil, true
	}
	return f, true
}

// test reads test "NAME" { ... }.
func (p *parser) test(around *place) (Stmt, bool) {
	at := p.at
	start := p.take().Start
	t := &Test{}
	ok := false
	switch word := p.tok(); {
	case word.kind == tString || word.kind == tRef:
		var name *Scalar
		if name, ok = p.scalar(math.MaxInt, true); ok {
			t.Name = *name
			if strings.TrimSpace(name.Value.(string)) == "" {
				p.report(badString.at(p.file, name.Span, "a test without a name").help("say what the test shows"))
			}
		}
	case word.kind == tIdent && p.kind(1) == '{':
		p.instead("the test's name in quotes", usage[bTest], `"`+p.text(word)+`"`)
		t.Name, ok = Scalar{p.where(word), p.text(word)}, true
	default:
		p.wrong("the test's name in quotes", usage[bTest])
	}
	pl := &place{what: bTest, name: "this test", head: p.since(start), col: start.Col, in: around, body: &t.Body}
	if !p.brace(pl, at, ok, "what the test does stands in braces") {
		return nil, false
	}
	p.block(pl, &t.Doc)
	t.Span = p.since(start)
	if !ok {
		return nil, true
	}
	return t, true
}

// tokensAt reads give PORT LIST and expect PORT LIST "..."?.
func (p *parser) tokensAt(b beginning) (Stmt, bool) {
	start := p.take().Start
	port, ok := p.pathPort(usage[b])
	if !ok {
		return nil, false
	}
	switch k := p.tok().kind; {
	case k == '=' || k == ':':
		p.instead("the list of tokens", usage[b], "")
	case k == '>' || k == tEnd || closes(k) || p.begins(p.at):
		p.wrong("the list of tokens", usage[b])
		return nil, false
	}
	list, ok := p.argument("the list of tokens")
	if !ok {
		return nil, false
	}
	more := p.tok().kind == tEllipsis
	switch {
	case more && b == bGive:
		p.wrong("the end of this give", "only what is expected may go on")
		return nil, false
	case more:
		p.at++
	}
	if b == bGive {
		return &Give{p.since(start), port, list}, true
	}
	return &Expect{p.since(start), port, list, more}, true
}

// pathPort reads ACTOR.PORT, where the actor may be a path such as bed_3:ecg.
func (p *parser) pathPort(help string) (PortName, bool) {
	var n PortName
	if p.begins(p.at) || p.tok().kind == '.' {
		p.wrong("an actor's port", help)
		return n, false
	}
	id, ok := p.ident("an actor's port")
	if !ok {
		return n, false
	}
	for p.adjoins(id.End) {
		p.part(&id)
	}
	n.Actor = &id
	if !p.want('.', "'.' and a port after '"+id.Name+"'", help) {
		return n, false
	}
	if n.Port, ok = p.ident("the port's name"); !ok {
		return n, false
	}
	n.Span = p.since(id.Start)
	return n, true
}

// after reads after SECONDS.
func (p *parser) after() (Stmt, bool) {
	start := p.take().Start
	if p.tok().kind != tNumber {
		p.wrong("a number of seconds", usage[bAfter])
		return nil, false
	}
	n, ok := p.scalar(1, true)
	if !ok {
		return nil, false
	}
	if text := p.text(&p.tokens[p.at-1]); text[0] == '-' {
		p.report(badSeconds.at(p.file, n.Span, text))
		return nil, true
	}
	if t := p.tok(); t.kind == tIdent && t.Start.Line == n.End.Line && p.named(p.at) == bNone {
		p.wrong("the end of this after", "the number is in seconds, and has no unit")
		return nil, false
	}
	return &After{p.since(start), *n}, true
}

// set reads set CAPABILITY VALUE.
func (p *parser) set() (Stmt, bool) {
	start := p.take().Start
	s := &Set{}
	var ok bool
	if s.Capability, ok = p.qualified("a capability's name"); !ok {
		return nil, false
	}
	if p.tok().kind == '=' {
		p.instead("the value", usage[bSet], "")
	}
	if s.Value, ok = p.argument("the value it reads"); !ok {
		return nil, false
	}
	s.Span = p.since(start)
	return s, true
}
