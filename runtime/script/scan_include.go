package script

import (
	"bytes"
	"unicode/utf8"
)

// Calvin's preprocessor looks for includes line by line, before it reads words,
// so the name of a file is cut out here: it may hold what no other name may,
// such as a dash.

// includes is, just behind a word, how many blanks stand between it and the name
// of a file, if the word is an include that leads its line; else 0. An actor or
// constant may have the name include: what follows it then is : . > = or +, or
// what stands before it, on another line, wants a name.
func (s *scanner) includes(from Pos) int {
	if !bytes.Equal(s.src[from.Offset:s.at], []byte("include")) || len(bytes.TrimLeft(s.src[s.start:from.Offset], " \t")) > 0 {
		return 0
	}
	if i := len(s.tokens) - 1; i >= 0 {
		switch s.tokens[i].kind {
		case '.', ',', '=', '(', '[', ':', '>', '+', '/', '&', '|', '~', tArrow:
			return 0
		}
	}
	n := 0
	for s.peek(n) == ' ' || s.peek(n) == '\t' {
		n++
	}
	c, next := s.peek(n), s.peek(n+1)
	switch {
	case n == 0:
		return 0
	case word(c), c >= utf8.RuneSelf, c == '"', c == '\'', c == '<', c == '\\',
		c == '.' && (next == '/' || next == '.' && s.peek(n+2) == '/'),
		c == '/' && next != '/' && next != '*':
		return n
	}
	return 0
}

// fileName takes the name behind an include and n blanks: all up to the next
// white space.
func (s *scanner) fileName(n int) {
	s.at += n
	from := s.pos()
	for s.at < len(s.src) && bytes.IndexByte([]byte(" \t\r\n"), s.src[s.at]) < 0 {
		s.char()
	}
	s.add(tFile, from)
}
