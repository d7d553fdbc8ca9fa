package ucum

import (
	"fmt"
	"strings"
)

// MaxCode is how many bytes a code may have.
const MaxCode = 256

// An Error is why a text is no code of UCUM.
type Error struct {
	Code string // as it was written
	Part string // of it, which is wrong; "": the whole
	Why  string // "" where Part is no unit
	Say  string // the code that was meant; "": not known
}

// Error is one line without anything but printable ASCII.
func (e *Error) Error() string {
	msg := fmt.Sprintf("%+q is no code of UCUM", e.Code)
	if e.Part != "" && e.Part != e.Code {
		msg += fmt.Sprintf(": %+q", e.Part)
		if e.Why == "" {
			msg += " is none of its units"
		}
	}
	if e.Why != "" {
		msg += ": " + e.Why
	}
	if e.Say != "" {
		msg += ": say " + e.Say
	}
	return msg
}

// Check checks a code. What is none is an [*Error].
func Check(code string) error {
	if len(code) > MaxCode {
		return &Error{Code: code[:MaxCode], Why: fmt.Sprintf("it goes on to %d bytes, at most %d are allowed", len(code), MaxCode)}
	}
	if say, ok := meant[strings.ToLower(code)]; ok && say != code && !isUnit(code) {
		return &Error{Code: code, Say: say}
	}
	p := &parser{code: code}
	if err := p.check(); err != nil {
		return err
	}
	return nil
}

// A parser goes along a code once.
type parser struct {
	code string
	at   int // of the next byte
}

func (p *parser) fail(part, why string) *Error { return &Error{Code: p.code, Part: part, Why: why} }

func (p *parser) more() bool { return p.at < len(p.code) }

// next takes a byte if it is there.
func (p *parser) next(b byte) bool {
	if p.more() && p.code[p.at] == b {
		p.at++
		return true
	}
	return false
}

func (p *parser) check() *Error {
	if p.code == "" {
		return p.fail("", "it is empty: what has no unit is 1")
	}
	p.next('/') // 1 in front of it is understood
	if err := p.term(); err != nil {
		return err
	}
	if p.more() {
		return p.fail(p.code[p.at:], "there is a ) without its (")
	}
	return nil
}

// term is components with strokes and dots between them.
func (p *parser) term() *Error {
	for {
		if err := p.component(); err != nil {
			return err
		}
		if !p.next('.') && !p.next('/') {
			return nil
		}
	}
}

// component is a unit, a number, a remark in braces, or a term in parentheses.
func (p *parser) component() *Error {
	if p.next('(') {
		if err := p.term(); err != nil {
			return err
		}
		if !p.next(')') {
			return p.fail("", "a ( has no )")
		}
		return p.remark()
	}
	part, err := p.word()
	if err != nil {
		return err
	}
	if err := p.unit(part); err != nil {
		return err
	}
	if part == "" && (!p.more() || p.code[p.at] != '{') {
		return p.fail("", "between its strokes and dots something is missing")
	}
	return p.remark()
}

// remark goes behind a remark in braces, if there is one: within it is anything of
// printable ASCII.
func (p *parser) remark() *Error {
	if !p.next('{') {
		return nil
	}
	n := strings.IndexByte(p.code[p.at:], '}')
	if n < 0 {
		return p.fail("", "a { has no }")
	}
	text := p.code[p.at : p.at+n]
	if i := strings.IndexFunc(text, func(r rune) bool { return r < '!' || r > '~' || r == '{' }); i >= 0 {
		return p.fail("{"+text+"}", "a remark is of printable ASCII, without spaces and braces in it")
	}
	p.at += n + 1
	return nil
}

// word takes what goes up to the next sign that is outside of brackets.
func (p *parser) word() (string, *Error) {
	start, inside := p.at, false
	for ; p.more(); p.at++ {
		switch b := p.code[p.at]; {
		case b == '[' && inside || b == ']' && !inside:
			return "", p.fail(p.code[start:], "its brackets do not close")
		case b == '[' || b == ']':
			inside = b == '['
		case !inside && strings.IndexByte("./(){}", b) >= 0:
			return p.code[start:p.at], nil
		}
	}
	if inside {
		return "", p.fail(p.code[start:], "its brackets do not close")
	}
	return p.code[start:], nil
}

// unit checks a unit with its exponent, or a number.
func (p *parser) unit(part string) *Error {
	symbol := part
	if power := strings.TrimRight(part, "0123456789"); power != "" && power != part {
		symbol = strings.TrimRight(power, "+-")
		if len(power)-len(symbol) > 1 {
			return p.fail(part, "an exponent has one sign")
		}
	} else if power == "" {
		return nil // a whole number, or nothing
	}
	if isUnit(symbol) {
		return nil
	}
	err := p.fail(part, "")
	if say := instead(symbol); say != "" {
		err.Say = strings.Replace(p.code, symbol, say, 1)
		if Check(err.Say) != nil {
			err.Say = ""
		}
	}
	return err
}
