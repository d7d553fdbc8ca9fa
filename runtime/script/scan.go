package script

import (
	"bytes"
	"unicode/utf8"
)

// The scanner cuts the text into tokens, all at once: the parser looks a few
// tokens ahead, and recovers by looking for the next statement.

type tokenKind uint8

const (
	tEnd    tokenKind = iota
	tIdent            // and the keywords below
	tNumber           // 12, -3.5, 12.
	tString           // "..." or !"..."
	tRef              // &actor.port
	tDoc              // """..."""
	tTrue
	tFalse
	tNull
	tComponent
	tDefine
	tVoidport
	tRule
	tGroup
	tApply
	tArrow    // ->
	tEllipsis // ...
	tInclude  // "include" where it leads a line and a name follows
	tFile     // that name
	tBad      // reported already
	// punctuation is its own character, all above '!'
)

var keywords = map[string]tokenKind{
	"component": tComponent, "define": tDefine, "voidport": tVoidport, "rule": tRule, "group": tGroup,
	"apply": tApply, "true": tTrue, "false": tFalse, "null": tNull,
}

type token struct {
	Start, End Pos
	kind       tokenKind
	// plain strings hold no escape and no character above 127.
	plain bool
}

// maxIssues is where reading stops: a text with more mistakes is no script.
const maxIssues = 100

type scanner struct {
	file   *File
	no     int32 // of the text, among the file's
	src    []byte
	at     int
	line   int32
	start  int // of the line
	extra  int // bytes of the line so far that are not the first of a character
	tokens []token
}

// scan cuts the text with a number into tokens.
func scan(f *File, no int32) []token {
	src := f.Texts[no].Src
	s := scanner{file: f, no: no, src: src, line: 1, tokens: make([]token, 0, len(src)/4+1)}
	for s.next() {
		if len(f.issues) >= maxIssues {
			f.issues = append(f.issues, tooMany.at(f, s.since(s.pos()), maxIssues))
			break
		}
	}
	s.tokens = append(s.tokens, token{Start: s.pos(), End: s.pos(), kind: tEnd})
	return s.tokens
}

func (s *scanner) pos() Pos {
	return Pos{Line: s.line, Col: int32(s.at - s.start - s.extra + 1), Offset: int32(s.at)}
}

// since is the span from a position to here.
func (s *scanner) since(from Pos) Span { return Span{Start: from, End: s.pos(), Src: s.no} }

func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.src) {
		return s.src[s.at+n]
	}
	return 0
}

var punctuation = func() (is [256]bool) {
	for _, c := range []byte("(){}[].,:>=/&|~@+") {
		is[c] = true
	}
	return is
}()

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }
func word(c byte) bool   { return letter(c) || digit(c) || c == '_' }

// next scans one token, comment or piece of white space; false at the end.
func (s *scanner) next() bool {
	if s.at >= len(s.src) {
		return false
	}
	from := s.pos()
	switch c := s.src[s.at]; {
	case c == '\n':
		s.newline()
	case c == ' ' || c == '\t' || c == '\r':
		s.at++
	case letter(c):
		for s.at++; word(s.peek(0)); s.at++ {
		}
		k, ok := keywords[string(s.src[from.Offset:s.at])]
		if !ok {
			k = tIdent
		}
		if n := s.includes(from); n > 0 {
			s.add(tInclude, from)
			s.fileName(n)
			break
		}
		s.add(k, from)
	case digit(c) || c == '-' && digit(s.peek(1)):
		for s.at++; digit(s.peek(0)); s.at++ {
		}
		if s.peek(0) == '.' {
			for s.at++; digit(s.peek(0)); s.at++ {
			}
		}
		// Take an exponent along, so that it is refused as a whole.
		if e := s.peek(0) | 0x20; e == 'e' && (digit(s.peek(1)) || (s.peek(1) == '-' || s.peek(1) == '+') && digit(s.peek(2))) {
			for s.at += 2; word(s.peek(0)); s.at++ {
			}
		}
		s.add(tNumber, from)
	case c == '#' || c == '/' && s.peek(1) == '/':
		s.lineComment(from)
	case c == '/' && s.peek(1) == '*':
		s.blockComment(from)
	case c == '"' && s.peek(1) == '"' && s.peek(2) == '"':
		s.doc(from)
	case c == '"' || c == '!' && s.peek(1) == '"':
		s.str(from)
	case c == '&' && letter(s.peek(1)):
		s.amp(from)
	case c == '-' && s.peek(1) == '>':
		s.at += 2
		s.add(tArrow, from)
	case c == '.' && s.peek(1) == '.' && s.peek(2) == '.':
		s.at += 3
		s.add(tEllipsis, from)
	case punctuation[c]:
		s.at++
		s.add(tokenKind(c), from)
	default:
		s.illegal(from)
	}
	return true
}

func (s *scanner) add(k tokenKind, from Pos) {
	s.tokens = append(s.tokens, token{Start: from, End: s.pos(), kind: k, plain: true})
}

func (s *scanner) report(i Issue) { s.file.issues = append(s.file.issues, i) }

// newline takes a line end.
func (s *scanner) newline() {
	s.at++
	s.line++
	s.start, s.extra = s.at, 0
}

// char takes one byte of a comment or string, keeping count of characters.
func (s *scanner) char() {
	c := s.src[s.at]
	if c == '\n' {
		s.newline()
		return
	}
	if c >= utf8.RuneSelf && !utf8.RuneStart(c) {
		s.extra++
	}
	s.at++
}

func (s *scanner) comment(from Pos) {
	if s.no != 0 {
		return
	}
	text := bytes.TrimSuffix(s.src[from.Offset:s.at], []byte("\r"))
	s.file.Comments = append(s.file.Comments, Comment{s.since(from), unix(string(text))})
}

func (s *scanner) lineComment(from Pos) {
	for s.at < len(s.src) && s.src[s.at] != '\n' {
		s.char()
	}
	s.comment(from)
}

func (s *scanner) blockComment(from Pos) {
	s.at += 2
	for s.at < len(s.src) {
		if s.src[s.at] == '*' && s.peek(1) == '/' {
			s.at += 2
			s.comment(from)
			return
		}
		s.char()
	}
	s.report(openComment.at(s.file, s.first(from, 2)).help("write */ where the comment ends; comments do not nest"))
}

// first is a span of n bytes on one line.
func (s *scanner) first(p Pos, n int32) Span {
	return Span{Start: p, End: Pos{p.Line, p.Col + n, p.Offset + n}, Src: s.no}
}

func (s *scanner) doc(from Pos) {
	s.at += 3
	for s.at < len(s.src) {
		if s.src[s.at] == '"' && s.peek(1) == '"' && s.peek(2) == '"' {
			s.at += 3
			s.add(tDoc, from)
			return
		}
		s.char()
	}
	s.report(openDoc.at(s.file, s.first(from, 3)).help(`write """ where it ends`))
	s.add(tBad, from)
}

func (s *scanner) str(from Pos) {
	plain := s.src[s.at] != '!'
	if !plain {
		s.at++
	}
	for s.at++; s.at < len(s.src); {
		switch c := s.src[s.at]; {
		case c == '"':
			s.at++
			s.tokens = append(s.tokens, token{Start: from, End: s.pos(), kind: tString, plain: plain})
			return
		case c == '\\' && s.at+1 < len(s.src) && s.src[s.at+1] != '\n':
			plain = false
			s.at++
		case c == '\n' || c == '\r' && s.peek(1) == '\n' || c == '\\':
			s.openString(from)
			return
		case c >= utf8.RuneSelf:
			plain = false
		}
		s.char()
	}
	s.openString(from)
}

func (s *scanner) openString(from Pos) {
	s.report(openString.at(s.file, s.since(from)).
		help(`a string ends on its line with "; strings that stand next to each other are joined`))
	s.add(tBad, from)
}

// amp scans &actor.port, or else the operator.
func (s *scanner) amp(from Pos) {
	end := s.at + 1
	for end < len(s.src) && word(s.src[end]) {
		end++
	}
	if end+1 >= len(s.src) || s.src[end] != '.' || !letter(s.src[end+1]) {
		s.at++
		s.add('&', from)
		return
	}
	for end++; end < len(s.src) && word(s.src[end]); end++ {
	}
	s.at = end
	s.add(tRef, from)
}
