package lsp

import (
	"bytes"

	"github.com/creachadair/jrpc2"

	"github.com/wardflow/wardflow/runtime/script"
)

// formatting is the text in the one style, as an edit of the lines that differ.
func (s *session) formatting(p documentParams) ([]textEdit, error) {
	v, err := s.look(p.TextDocument.URI, position{})
	if err != nil {
		return nil, err
	}
	text, issues := script.Format(v.doc.src, v.doc.name)
	if err := issues.Err(); err != nil {
		return nil, jrpc2.Errorf(codeRequestFailed, "a script with mistakes can't be formatted: mend them first")
	}
	return v.layout.difference(text), nil
}

// difference is one edit that makes a text another, from the first line that
// differs to the last; none where nothing does.
func (l *layout) difference(text []byte) []textEdit {
	was, is := bytes.SplitAfter(l.src, []byte("\n")), bytes.SplitAfter(text, []byte("\n"))
	if bytes.Equal(l.src, text) {
		return []textEdit{}
	}
	from := 0
	for len(was) > 0 && len(is) > 0 && bytes.Equal(was[0], is[0]) {
		from += len(was[0])
		was, is = was[1:], is[1:]
	}
	to := len(l.src)
	for len(was) > 0 && len(is) > 0 && bytes.Equal(was[len(was)-1], is[len(is)-1]) {
		to -= len(was[len(was)-1])
		was, is = was[:len(was)-1], is[:len(is)-1]
	}
	return []textEdit{{span{l.position(from), l.position(to)}, string(bytes.Join(is, nil))}}
}
