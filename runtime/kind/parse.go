package kind

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The limits of what one kind may say.
const (
	deepest = 20 // nested
	widest  = 64 // members of a union
)

// Parse reads a kind; "" is any. The error says what is wrong and where.
func Parse(s string) (Kind, error) {
	if strings.TrimSpace(s) == "" {
		return Any, nil
	}
	p := parser{text: s}
	k, err := p.union(0)
	if err == nil && p.peek() != 0 {
		err = p.errorf("unexpected %q", p.text[p.at])
	}
	if err != nil {
		return Any, fmt.Errorf("kind %q: %w", s, err)
	}
	return k, nil
}

type parser struct {
	text string
	at   int
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("at %d: "+format, append([]any{p.at + 1}, args...)...)
}

// peek is the next byte that is no space, or 0 at the end.
func (p *parser) peek() byte {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) want(c byte) error {
	if !p.take(c) {
		return p.errorf("%q is missing", c)
	}
	return nil
}

// word reads letters, digits, "_" and "-", a letter first.
func (p *parser) word() string {
	p.peek()
	start := p.at
	for p.at < len(p.text) && isWord(p.text[p.at], p.at == start) {
		p.at++
	}
	return p.text[start:p.at]
}

func isWord(c byte, first bool) bool {
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		return true
	}
	return !first && (c >= '0' && c <= '9' || c == '_' || c == '-')
}

func (p *parser) union(depth int) (Kind, error) {
	if depth > deepest {
		return Any, p.errorf("nested more than %d deep", deepest)
	}
	var all []Kind
	for {
		k, err := p.single(depth)
		if err != nil {
			return Any, err
		}
		all = append(all, k)
		if !p.take('|') {
			return Union(all...), nil
		}
		if len(all) == widest {
			return Any, p.errorf("more than %d members", widest)
		}
	}
}

func (p *parser) single(depth int) (Kind, error) {
	t := term{name: p.word()}
	var err error
	switch t.name {
	case "":
		return Any, p.errorf("a kind is missing")
	case "any":
		return Any, nil
	case "never":
		return Never, nil
	case "number", "integer":
		t.unit, err = p.unit()
	case "list", "dict":
		if p.take('<') {
			var k Kind
			if k, err = p.union(depth + 1); err == nil {
				t.elem, err = inner(k), p.want('>')
			}
		}
	case "record":
		t.fields, err = p.record(depth)
	case "like", "arg":
		if err = p.want('('); err == nil {
			if t.ref = p.word(); t.ref == "" {
				return Any, p.errorf("%s of what", t.name)
			}
			err = p.want(')')
		}
	}
	return Kind{terms: []term{t}}, err
}

// unit reads <CODE>, if it is there.
func (p *parser) unit() (string, error) {
	if !p.take('<') {
		return "", nil
	}
	n := strings.IndexByte(p.text[p.at:], '>')
	if n < 0 {
		return "", p.errorf("%q is missing", '>')
	}
	code := strings.TrimSpace(p.text[p.at : p.at+n])
	for _, r := range code {
		// UCUM codes are ASCII; the degree sign is ours, for °C and °F.
		if (r <= ' ' || r > '~') && r != '°' || r == '<' {
			return "", p.errorf("%q is no unit", code)
		}
	}
	if code == "" {
		return "", p.errorf("a unit is missing")
	}
	p.at += n + 1
	return unit(code), nil
}

func (p *parser) record(depth int) ([]field, error) {
	if err := p.want('{'); err != nil {
		return nil, err
	}
	var fields []field
	for !p.take('}') {
		name, err := p.fieldName()
		if err != nil {
			return nil, err
		}
		f := field{name: name, optional: p.take('?')}
		if err := p.want(':'); err != nil {
			return nil, err
		}
		if f.kind, err = p.union(depth + 1); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(fields, func(o field) bool { return o.name == name }) {
			return nil, p.errorf("field %s stands twice", name)
		}
		fields = append(fields, f)
		if !p.take(',') && p.peek() != '}' {
			return nil, p.errorf("%q is missing", '}')
		}
	}
	slices.SortFunc(fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return fields, nil
}

// fieldName reads a word, or any name in quotes.
func (p *parser) fieldName() (string, error) {
	if p.peek() == '"' {
		quoted, err := strconv.QuotedPrefix(p.text[p.at:])
		if err != nil {
			return "", p.errorf("a quote is missing")
		}
		p.at += len(quoted)
		return strconv.Unquote(quoted)
	}
	if name := p.word(); name != "" {
		return name, nil
	}
	return "", p.errorf("a field is missing")
}

// key is a field's name as [Parse] reads it.
func key(name string) string {
	for i := range len(name) {
		if !isWord(name[i], i == 0) {
			return strconv.Quote(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}
