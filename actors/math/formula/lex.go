package formula

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A lexeme is a piece of the source.
type lexeme struct {
	kind rune // 'w' word, 'n' number, 's' string, 'o' operator or bracket
	text string
}

func (l lexeme) is(texts ...string) bool {
	for _, t := range texts {
		if l.text == t && (l.kind == 'w' || l.kind == 'o') {
			return true
		}
	}
	return false
}

func lex(s string) (ls []lexeme, err error) {
	for s = strings.TrimLeftFunc(s, unicode.IsSpace); s != ""; s = strings.TrimLeftFunc(s, unicode.IsSpace) {
		r, size := utf8.DecodeRuneInString(s)
		l := lexeme{kind: 'o', text: s[:size]}
		switch {
		case r == '\'' || r == '"':
			l.kind = 's'
			if l.text, err = quoted(s); err != nil {
				return nil, err
			}
		case unicode.IsDigit(r) || r == '.' && len(s) > 1 && unicode.IsDigit(rune(s[1])):
			l.kind, l.text = 'n', number(s)
		case r == '_' || unicode.IsLetter(r):
			l.kind, l.text = 'w', s[:end(s, func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) })]
		default:
			for _, two := range []string{"**", "//", "==", "!=", "<=", ">=", "&&", "||", "<<", ">>", "<>", ":="} {
				if strings.HasPrefix(s, two) {
					l.text = two
				}
			}
			if !strings.Contains(" ** // == != <= >= && || < > + - * / % ( ) [ ] { } , : ? ! ", " "+l.text+" ") {
				return nil, fmt.Errorf("%s has no meaning in a formula%s", l.text, advice[l.text])
			}
		}
		ls, s = append(ls, l), s[len(l.text):]
	}
	return ls, nil
}

var advice = map[string]string{"^": ": a power is x ** y", ".": `: an item of a dictionary is x["name"]`, "=": ": equal is =="}

// quoted is the string that s begins with, quotes and all.
func quoted(s string) (string, error) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return s[:i+1], nil
		}
	}
	return "", fmt.Errorf("the string %s has no end", s)
}

// number is the number that s begins with: digits, letters and points, and a
// sign after an exponent. Whether it is one, the library says.
func number(s string) string {
	var last rune
	return s[:end(s, func(r rune) bool {
		ok := unicode.IsDigit(r) || unicode.IsLetter(r) || r == '.' || r == '_' ||
			(r == '+' || r == '-') && (last == 'e' || last == 'E') && !strings.HasPrefix(s, "0x")
		last = r
		return ok
	})]
}

// end is where the letters that ok likes end.
func end(s string, ok func(rune) bool) int {
	for i, r := range s {
		if !ok(r) {
			return i
		}
	}
	return len(s)
}
