package script

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// argument reads values, names and fields, joined by +.
func (p *parser) argument(what string) (Expr, bool) { return p.join(what, false) }

// whole is argument for what begins a statement: strings that follow on other
// lines belong to it.
func (p *parser) whole(what string) (Expr, bool) { return p.join(what, true) }

func (p *parser) join(what string, first bool) (Expr, bool) {
	start := p.tok().Start
	e, ok := p.operand(what, first)
	if !ok || p.tok().kind != '+' {
		return e, ok
	}
	sum := &Sum{Items: []Expr{e}}
	for p.tok().kind == '+' {
		p.at++
		e, ok := p.operand("a value after '+'", first)
		if !ok {
			return nil, false
		}
		sum.Items = append(sum.Items, e)
	}
	sum.Span = p.since(start)
	return sum, true
}

// operand reads a value, a name, or a name with fields.
func (p *parser) operand(what string, first bool) (Expr, bool) {
	switch t := p.tok(); {
	case t.kind != tIdent:
		return p.value(what, first)
	case !first && p.begins(p.at):
		p.wrong(what, "")
		return nil, false
	}
	id, _ := p.ident("")
	if p.tok().kind != '.' || p.leads(p.at) {
		return &Name{id}, true
	}
	f := &Field{Of: Name{id}}
	for p.tok().kind == '.' && !p.leads(p.at) {
		p.at++
		part, ok := p.ident("a field's name after the dot")
		if !ok {
			return nil, false
		}
		f.Path = append(f.Path, part)
	}
	f.Span = p.since(id.Start)
	return f, true
}

// value reads a literal.
func (p *parser) value(what string, first bool) (Expr, bool) {
	switch t := p.tok(); t.kind {
	case tNumber, tTrue, tFalse, tNull, tString, tRef:
		if !first && p.begins(p.at) {
			p.wrong(what, "")
			return nil, false
		}
		return p.scalar(math.MaxInt, first)
	case '[', '{':
		if p.depth++; p.depth > maxDepth {
			p.report(tooDeep.at(p.file, p.where(t), maxDepth))
			p.depth = 0
			return nil, false
		}
		var e Expr
		var ok bool
		if t.kind == '[' {
			e, ok = p.list()
		} else {
			e, ok = p.dict()
		}
		p.depth = max(0, p.depth-1)
		return e, ok
	case '(':
		p.wrong(what, "values stand without parentheses")
	case tDefine, tComponent, tVoidport, tRule, tGroup, tApply:
		p.wrong(what, "a string stands in quotes")
	case tDoc:
		p.wrong(what, `a string stands in single quotes: "..."`)
	case '+':
		p.wrong(what, "numbers above 0 have no sign")
	case '.':
		help := ""
		if p.at > 0 && p.tokens[p.at-1].kind == tNumber {
			help = "lists are written out: [1, 2, 3]"
		} else if p.kind(1) == tNumber {
			help = "a number begins with a digit: 0." + p.text(p.ahead(1))
		}
		p.wrong(what, help)
	default:
		p.wrong(what, "")
	}
	return nil, false
}

// scalar reads a number, bool, null, or at most strs adjacent strings. One that
// begins a link of its own is not adjacent, save to a first.
func (p *parser) scalar(strs int, first bool) (*Scalar, bool) {
	t := p.take()
	s := &Scalar{Span: p.where(t)}
	ok := true
	switch t.kind {
	case tTrue, tFalse:
		s.Value = t.kind == tTrue
	case tNumber:
		s.Value, ok = p.number(t)
	case tString, tRef:
		text, clean := p.str(t)
		var more []string
		for n := 1; n < strs && (p.tok().kind == tString || p.tok().kind == tRef) && (first || !p.begins(p.at)); n++ {
			next, fine := p.str(p.take())
			more = append(more, next)
			clean = clean && fine
		}
		if more != nil {
			text += strings.Join(more, "")
		}
		s.Value = text
		s.Span = p.since(t.Start)
		if clean && !utf8.ValidString(text) {
			p.report(badString.at(p.file, s.Span, "the string's bytes are not UTF-8").
				help("bytes from 128 on come in sequences: write the character itself"))
			s.Value = strings.ToValidUTF8(text, "\uFFFD")
		}
	}
	return s, ok
}

// number is an int64, or a float64 when it has a dot.
func (p *parser) number(t *token) (any, bool) {
	text := p.text(t)
	if strings.IndexByte(text, '.') >= 0 {
		f, err := strconv.ParseFloat(text, 64)
		if err == nil {
			return f, true
		}
	} else if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	i := badNumber.at(p.file, p.where(t), text).help("whole numbers go from -2^63 to 2^63-1; with a dot it is a floating-point number")
	if strings.ContainsAny(text, "eE") {
		i.Hint = "numbers have no exponent: write it out"
	}
	p.report(i)
	return int64(0), true
}

// str is the value of one string token; not ok if it has a bad escape.
func (p *parser) str(t *token) (string, bool) {
	text := p.text(t)
	switch {
	case t.kind == tRef:
		return text[1:], true
	case t.plain:
		return text[1 : len(text)-1], true
	case text[0] == '!':
		return text[2 : len(text)-1], true
	}
	s, bad := unescape(text[1 : len(text)-1])
	if bad != "" {
		p.report(badString.at(p.file, p.where(t), "escape "+bad+" needs two hexadecimal digits").help(`write \xHH, or \\ for a backslash`))
	}
	return s, bad == ""
}

// unescape replaces Python's escapes; an unknown one keeps its backslash. Bad
// is the first \x without its digits.
func unescape(s string) (out, bad string) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, ""
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		if at := strings.IndexByte(`ntr\"'abfv`, s[i]); at >= 0 {
			b = append(b, "\n\t\r\\\"'\a\b\f\v"[at])
			continue
		}
		switch c := s[i]; {
		case c == 'x':
			v, err := strconv.ParseUint(s[i+1:min(i+3, len(s))], 16, 8)
			if err != nil || i+3 > len(s) {
				if bad == "" {
					bad = `\x`
				}
				continue
			}
			b = append(b, byte(v))
			i += 2
		case '0' <= c && c <= '7':
			v := 0
			n := 0
			for ; n < 3 && i+n < len(s) && '0' <= s[i+n] && s[i+n] <= '7'; n++ {
				v = v*8 + int(s[i+n]-'0')
			}
			b = append(b, byte(v))
			i += n - 1
		default:
			b = append(b, '\\', c)
		}
	}
	return string(b), bad
}

// list reads [ ... ].
func (p *parser) list() (Expr, bool) {
	l := &List{}
	start := p.take().Start
	for p.tok().kind != ']' {
		switch k := p.tok().kind; {
		case p.resumes(p.at) || k == '}' || k == ')':
			p.mend("']'", "", "]")
			return nil, false
		case k == ',':
			p.instead("a value or ']'", "one comma between two values is enough", "")
			continue
		}
		v, ok := p.argument("a value or ']'")
		if !ok {
			return nil, false
		}
		l.Items = append(l.Items, v)
		if p.tok().kind == ',' {
			p.at++
		}
	}
	p.at++
	l.Span = p.since(start)
	return l, true
}

// dict reads { ... }.
func (p *parser) dict() (Expr, bool) {
	d := &Dict{}
	start := p.take().Start
	seen := map[string]bool{}
	for p.tok().kind != '}' {
		key, ok := p.key()
		if !ok {
			return nil, false
		}
		if k := p.tok().kind; k == '=' {
			p.instead("':' after the key", `in a dictionary a key and its value are "KEY": VALUE`, ":")
		} else if !p.want(':', "':' after the key", `a dictionary is written {"KEY": VALUE, ...}`) {
			return nil, false
		}
		v, ok := p.argument("a value")
		if !ok {
			return nil, false
		}
		if k := key.Value.(string); seen[k] {
			p.report(repeatedKey.at(p.file, key.Span, k))
		} else {
			seen[k] = true
		}
		d.Items = append(d.Items, Entry{*key, v})
		if p.tok().kind == ',' {
			p.at++
		}
	}
	p.at++
	d.Span = p.since(start)
	return d, true
}

// key reads the key of a dictionary's entry.
func (p *parser) key() (*Scalar, bool) {
	switch t := p.tok(); {
	case p.resumes(p.at) || t.kind == ']' || t.kind == ')':
		p.mend("'}'", "", "}")
		return nil, false
	case t.kind == tString || t.kind == tRef:
		return p.scalar(math.MaxInt, false)
	case t.kind == tIdent && (p.kind(1) == ':' || p.kind(1) == '='):
		name := p.text(t)
		p.instead("a key or '}'", `keys are strings: "`+name+`"`, `"`+name+`"`)
		return &Scalar{p.where(t), name}, true
	}
	p.wrong("a key or '}'", "keys are strings")
	return nil, false
}
