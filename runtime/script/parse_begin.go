package script

// What a statement is can be told from its first tokens. The words that Calvin
// doesn't have (include, for, test, once, give, expect, after, set) are names
// wherever Calvin takes them for one: they mean something only where no name of
// an actor or constant could stand, which is in front of a name or a value.

// A beginning is the kind of a statement, as its first tokens tell.
type beginning uint8

const (
	bNone beginning = iota
	bDefine
	bComponent
	bInclude
	bRule
	bGroup
	bApply
	bTest
	bFor
	bGive
	bExpect
	bAfter
	bSet
	bInstance
	bPort // a property, or a link from a port
	bLink // from a literal or voidport
)

var words = map[string]beginning{
	"for": bFor, "test": bTest, "give": bGive, "expect": bExpect, "after": bAfter, "set": bSet, "once": bLink,
}

// beginning tells what the statement is that begins at a token.
func (p *parser) beginning(at int) beginning {
	kind := func(n int) tokenKind { return p.tokens[min(at+n, len(p.tokens)-1)].kind }
	if k := kind(0); kind(1) == ':' && (k == tDefine || k == tComponent || k == tVoidport) {
		return bInstance // of a name that can't be one
	}
	switch kind(0) {
	case tDefine:
		return bDefine
	case tComponent:
		return bComponent
	case tInclude:
		return bInclude
	case tRule:
		return bRule
	case tGroup:
		return bGroup
	case tApply:
		return bApply
	case tTrue, tFalse, tNull:
		if kind(1) == ':' {
			return bInstance // the same
		}
		return bLink
	case tBad:
		if kind(1) == ':' {
			return bInstance // the same
		}
	case tVoidport, ':', tNumber, tString, tRef, '[', '{':
		return bLink
	case '.':
		return bPort
	case tIdent:
		return p.named(at)
	}
	return bNone
}

// named is beginning for a token that is a name.
func (p *parser) named(at int) beginning {
	next := &p.tokens[min(at+1, len(p.tokens)-1)]
	switch next.kind {
	case ':':
		return bInstance
	case '>', '+':
		return bLink
	case '.':
		if p.sum(at) {
			return bLink
		}
		return bPort
	case '=', ',', tArrow:
		return bNone
	}
	b := words[p.text(&p.tokens[at])]
	if b == bNone || next.kind == tEnd || next.Start.Line != p.tokens[at].End.Line {
		return bNone
	}
	return b
}

// sum reports whether a name and a dot at a token begin a field or a sum, not a
// port: a.b > is a port, a.b.c > and a.b + 1 > are not.
func (p *parser) sum(at int) bool {
	n := 1
	kind := func(n int) tokenKind { return p.tokens[min(at+n, len(p.tokens)-1)].kind }
	for kind(n) == '.' && kind(n+1) == tIdent {
		n += 2
	}
	return n > 3 || kind(n) == '+'
}

// resumes is begins, also for the words that Calvin doesn't have. Where a name
// could stand as well, they may be one.
func (p *parser) resumes(at int) bool {
	t := &p.tokens[at]
	return p.begins(at) || t.kind == tIdent && p.leads(at) && words[p.text(t)] != bNone &&
		p.tokens[min(at+1, len(p.tokens)-1)].Start.Line == t.End.Line && p.introduces(at)
}

// begins reports whether a token is where a statement of Calvin's begins: it
// leads its line and what follows fits no other place.
func (p *parser) begins(at int) bool {
	if !p.leads(at) {
		return false
	}
	t := &p.tokens[at]
	kind := func(n int) tokenKind { return p.tokens[min(at+n, len(p.tokens)-1)].kind }
	near := func(n int) bool { return p.tokens[min(at+n, len(p.tokens)-1)].Start.Line == t.End.Line }
	port := func(n int) bool { // . IDENT and then > or ( or [DIRECTION](
		return kind(n) == '.' && kind(n+1) == tIdent && near(n+2) && (kind(n+2) == '>' || kind(n+2) == '(' ||
			kind(n+2) == '[' && kind(n+3) == tIdent && kind(n+4) == ']' && kind(n+5) == '(')
	}
	switch t.kind {
	case tDefine, tComponent, tInclude, tVoidport, tRule, tGroup, tApply:
		return true
	case tIdent:
		return near(1) && (kind(1) == ':' || kind(1) == '>' || port(1))
	case '.':
		return port(0)
	case ':':
		return kind(1) == tIdent && near(1)
	case tTrue, tFalse, tNull:
		return near(1) && (kind(1) == '>' || kind(1) == ':')
	case tBad:
		return near(1) && kind(1) == ':'
	case tNumber, tString, tRef:
		return near(1) && kind(1) == '>'
	}
	return false
}

// introduces reports whether the word at a token is followed by what only it
// can stand before.
func (p *parser) introduces(at int) bool {
	k := p.tokens[min(at+1, len(p.tokens)-1)].kind
	switch words[p.text(&p.tokens[at])] {
	case bTest:
		return k == tString
	case bFor, bGive, bExpect, bSet:
		return k == tIdent
	case bAfter:
		return k == tNumber
	}
	switch k {
	case tIdent, tNumber, tString, tRef, tTrue, tFalse, tNull, '[', '{':
		return true
	}
	return false
}

// recover goes on to where the next statement begins, or in braces to where
// they end. Start is the first token of the broken statement. What stands no
// further right than that does not go on with it, unless brackets are open.
func (p *parser) recover(start int, braced bool) {
	if p.at == start {
		p.take()
	}
	depth := 0
	for _, t := range p.tokens[start:p.at] {
		depth += turn(t.kind)
	}
	open := 0 // braces since the mistake
	for ; p.tok().kind != tEnd; p.at++ {
		t := p.tok()
		if p.resumes(p.at) {
			return
		}
		if depth <= 0 && !closes(t.kind) && p.leads(p.at) && t.Start.Col <= p.tokens[start].Start.Col {
			return
		}
		switch t.kind {
		case '{':
			open++
		case '}':
			if braced && (open == 0 || p.leads(p.at)) {
				return
			}
			open--
		}
		depth += turn(t.kind)
	}
}

// turn is 1 for what opens a bracket, -1 for what closes one, else 0.
func turn(k tokenKind) int {
	switch k {
	case '(', '[', '{':
		return 1
	case ')', ']', '}':
		return -1
	}
	return 0
}
