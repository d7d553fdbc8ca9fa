package script

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// illegal reports what no token begins with, and says what to write instead
// where that can be guessed. A run of the same character is one mistake.
func (s *scanner) illegal(from Pos) {
	r, n := utf8.DecodeRune(s.src[s.at:])
	if r == '\uFEFF' && from.Offset == 0 { // a byte order mark
		s.at += n
		s.extra += n
		return
	}
	shown := showRune(r, s.src[s.at])
	s.at += n
	s.extra += n - 1
	if !strings.ContainsRune(quotes, r) {
		s.skip(func(c rune) bool { return c == r && (r != utf8.RuneError || s.src[s.at] == s.src[from.Offset]) })
	}
	help, fix, whole := "", "", true // whole: it stands for a word or a value
	switch {
	case r == '_' || unicode.IsLetter(r):
		s.skip(func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) })
		help = "names are made of the letters a to z, digits and _, and start with a letter"
		if r == '_' {
			help = "names start with a letter; names with _ in front are the compiler's own"
		}
	case strings.ContainsRune(quotes, r):
		s.quoted()
		help = `strings stand in "..."`
	case r == '-' && from.Offset > 0 && word(s.src[from.Offset-1]) && letter(s.peek(0)):
		s.skip(func(r rune) bool { return r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) })
		help, fix = "names have no -, but may have _", "_"
	case strings.ContainsRune("-*%^", r):
		help = "a script does not calculate: only + joins values, and a number may have the sign -"
	case r == ';':
		help, whole = "statements end by themselves: leave it out", false
	case r == '<':
		help = "links go from left to right: SOURCE > TARGET"
	case r == '→' || r == '➔':
		help, fix = "links are written with >, the ports of a component with ->", ">"
	case r == '–' || r == '—' || r == '−':
		help, fix = "a minus is -, as the keyboard has it", "-"
	case unicode.IsSpace(r) || !unicode.IsGraphic(r) && r != utf8.RuneError && r >= utf8.RuneSelf:
		help, fix, whole = "write an ordinary space here", " ", false
	case r == '\\':
		help, whole = "a statement may go on in the next line without a mark", false
	case r == '!':
		help, fix, whole = `in rules, not is ~; a string without escapes is !"..."`, "~", false
	case r == utf8.RuneError || r < ' ':
		help, whole = "a script is text in UTF-8", false
	}
	i := badCharacter.at(s.file, s.since(from), shown).help("%s", help)
	if fix != "" {
		i = i.edit(s.first(from, int32(len(shown))), fix)
	}
	s.report(i)
	if whole {
		s.add(tBad, from)
	}
}

const quotes = "'‘’“”`"

// quoted takes a string in other quotes, whose first has been taken: up to one
// that may close it, or to what ends a value.
func (s *scanner) quoted() {
	s.skip(func(r rune) bool { return !strings.ContainsRune(quotes+",)]}", r) })
	if r, n := utf8.DecodeRune(s.src[s.at:]); strings.ContainsRune(quotes, r) && n > 0 {
		s.at += n
		s.extra += n - 1
	}
}

// showRune is a character as a message shows it; first is its first byte.
func showRune(r rune, first byte) string {
	switch {
	case r == utf8.RuneError || r < ' ':
		return fmt.Sprintf(`\x%02x`, first)
	case unicode.IsSpace(r) || !unicode.IsGraphic(r):
		return fmt.Sprintf("U+%04X", r)
	}
	return string(r)
}

// skip passes over the characters of a line that belong to something.
func (s *scanner) skip(belongs func(rune) bool) {
	for s.at < len(s.src) && s.src[s.at] != '\n' {
		r, n := utf8.DecodeRune(s.src[s.at:])
		if !belongs(r) {
			return
		}
		s.at += n
		s.extra += n - 1
	}
}
