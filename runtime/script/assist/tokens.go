package assist

import (
	"slices"

	"github.com/wardflow/wardflow/runtime/script"
)

// A Token is a piece of text of one colour.
type Token struct {
	Span     script.Span
	Kind     TokenKind
	Declared bool // the name is declared here
	ReadOnly bool
	Library  bool // the name is the house's or the language's
}

// A TokenKind is what decides on a colour.
type TokenKind uint8

// The kinds of tokens.
const (
	TokenKeyword TokenKind = iota
	TokenComment
	TokenString
	TokenNumber
	TokenOperator
	TokenClass    // an actor type or component
	TokenVariable // an instance or constant
	TokenProperty // a port
	TokenParameter
	TokenFunction // a rule or predicate
	TokenNamespace
)

var tokenKinds = map[Kind]TokenKind{
	Constant: TokenVariable, Component: TokenClass, Parameter: TokenParameter, Variable: TokenParameter,
	Instance: TokenVariable, InPort: TokenProperty, OutPort: TokenProperty, Rule: TokenFunction, Group: TokenNamespace,
	ActorType: TokenClass, Argument: TokenParameter, Predicate: TokenFunction, Property: TokenParameter,
}

// Tokens are the pieces of the script that have a colour, in the order of the
// text; none overlaps another, and none but a comment or docstring goes beyond
// its line.
func (s *Snapshot) Tokens() []Token {
	names := s.nameTokens()
	all := slices.Clone(names)
	for i, l := range s.words {
		if k, ok := s.colour(i, l); ok && !covered(names, l.Span) {
			all = append(all, Token{Span: l.Span, Kind: k})
		}
	}
	for _, c := range s.file.Comments {
		all = append(all, Token{Span: c.Span, Kind: TokenComment})
	}
	slices.SortFunc(all, func(a, b Token) int { return int(a.Span.Start.Offset - b.Span.Start.Offset) })
	return all
}

// nameTokens are the names that stand for something.
func (s *Snapshot) nameTokens() []Token {
	var all []Token
	end := int32(0)
	for _, u := range s.index.uses {
		k, ok := tokenKinds[u.sym.kind]
		if !ok || u.at.Src != 0 || u.at.Start.Offset < end {
			continue
		}
		end = u.at.End.Offset
		all = append(all, Token{Span: u.at, Kind: k, Declared: u.decl, ReadOnly: u.sym.kind == Constant, Library: !u.sym.declared()})
	}
	return all
}

// colour is the kind of a word that is no name, if it has a colour.
func (s *Snapshot) colour(i int, l script.Lexeme) (TokenKind, bool) {
	switch l.Kind {
	case script.LexKeyword, script.LexLiteral:
		return TokenKeyword, true
	case script.LexString, script.LexDoc:
		return TokenString, true
	case script.LexNumber:
		return TokenNumber, true
	case script.LexWord:
		return TokenKeyword, s.meant(i)
	case script.LexPunct:
		switch s.word(i) {
		case ">", "->", "&", "|", "~", "+":
			return TokenOperator, true
		}
	}
	return 0, false
}

// covered reports whether a name lies in a span, as in a port reference.
func covered(names []Token, at script.Span) bool {
	i, _ := slices.BinarySearchFunc(names, at, func(t Token, at script.Span) int {
		return int(t.Span.Start.Offset - at.Start.Offset)
	})
	return i < len(names) && names[i].Span.Start.Offset < at.End.Offset
}
