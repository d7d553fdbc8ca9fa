package script

// A LexKind is one kind of lexeme.
type LexKind uint8

// The kinds of lexemes.
const (
	LexWord    LexKind = iota // a name, or a word that is a keyword only in its place
	LexKeyword                // component, define, voidport, rule, group, apply
	LexLiteral                // true, false, null
	LexNumber
	LexString // also &actor.port
	LexDoc    // """..."""
	LexComment
	LexPunct
	LexBad // a string or docstring that does not end, or characters that fit nowhere
)

// A Lexeme is one piece of a text that has no name in the tree of its own: a
// word, a mark, a comment. Tools that colour or complete a text that is being
// typed look at these.
type Lexeme struct {
	Span
	Kind LexKind
}

// Lex cuts a text into lexemes, in its order. It knows no mistakes: what fits
// nowhere is [LexBad] or left out.
func Lex(src []byte) []Lexeme {
	if len(src) > maxSource {
		return nil
	}
	f := &File{Texts: []Text{{Src: src}}, lost: map[string]bool{}}
	tokens := scan(f, 0)
	all := make([]Lexeme, 0, len(tokens)+len(f.Comments))
	comments := f.Comments
	for _, t := range tokens {
		for len(comments) > 0 && comments[0].Start.Offset <= t.Start.Offset {
			all = append(all, Lexeme{comments[0].Span, LexComment})
			comments = comments[1:]
		}
		if t.kind != tEnd {
			all = append(all, Lexeme{Span{Start: t.Start, End: t.End}, lexKind(t.kind)})
		}
	}
	return all
}

func lexKind(k tokenKind) LexKind {
	switch k {
	case tIdent:
		return LexWord
	case tNumber:
		return LexNumber
	case tString, tRef:
		return LexString
	case tDoc:
		return LexDoc
	case tTrue, tFalse, tNull:
		return LexLiteral
	case tComponent, tDefine, tVoidport, tRule, tGroup, tApply, tInclude:
		return LexKeyword
	case tFile:
		return LexWord
	case tBad:
		return LexBad
	}
	return LexPunct
}
