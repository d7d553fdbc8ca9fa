package lsp

import "github.com/wardflow/wardflow/runtime/script/assist"

// tokenTypes are the protocol's names of colours, in the order of
// assist.TokenKind.
var tokenTypes = []string{
	assist.TokenKeyword: "keyword", assist.TokenComment: "comment", assist.TokenString: "string", assist.TokenNumber: "number",
	assist.TokenOperator: "operator", assist.TokenClass: "class", assist.TokenVariable: "variable", assist.TokenProperty: "property",
	assist.TokenParameter: "parameter", assist.TokenFunction: "function", assist.TokenNamespace: "namespace",
}

var tokenModifiers = []string{"declaration", "readonly", "defaultLibrary"}

// semanticTokens are five numbers for each piece of a line: lines and units
// from the one before it, length, type and modifiers.
func (s *session) semanticTokens(p documentParams) (semanticTokens, error) {
	v, err := s.look(p.TextDocument.URI, position{})
	if err != nil {
		return semanticTokens{}, err
	}
	data := []uint32{}
	var last position
	for _, t := range v.Tokens() {
		for _, piece := range v.layout.lines(v.layout.span(t.Span)) {
			at := piece.Start
			gap := at.Character
			if at.Line == last.Line {
				gap -= last.Character
			}
			data = append(data, at.Line-last.Line, gap, piece.End.Character-at.Character, uint32(t.Kind), modifiers(t))
			last = at
		}
	}
	return semanticTokens{data}, nil
}

func modifiers(t assist.Token) (bits uint32) {
	for i, set := range []bool{t.Declared, t.ReadOnly, t.Library} {
		if set {
			bits |= 1 << i
		}
	}
	return bits
}

// lines cuts a span at the ends of lines; pieces with nothing in them are left
// out.
func (l *layout) lines(s span) []span {
	var all []span
	for line := s.Start.Line; line <= s.End.Line; line++ {
		from, to := position{Line: line}, l.position(l.end(int(line)))
		if line == s.Start.Line {
			from = s.Start
		}
		if line == s.End.Line {
			to = s.End
		}
		if to.Character > from.Character {
			all = append(all, span{from, to})
		}
	}
	return all
}
