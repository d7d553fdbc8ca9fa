package lsp

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/creachadair/jrpc2"

	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/script/assist"
)

// A view is an open text, and a place in it.
type view struct {
	*assist.Snapshot
	doc    *document
	layout *layout
	offset int
}

// look finds an open text. One that is not open has nothing to be told of it.
func (s *session) look(uri string, at position) (view, error) {
	doc, snap := s.texts.snapshot(uri)
	if doc == nil {
		return view{}, jrpc2.Errorf(codeRequestFailed, "%s is not open", uri)
	}
	l := newLayout(doc.src)
	return view{snap, doc, l, l.offset(at)}, nil
}

// itemKinds are the protocol's numbers for pictures beside completions.
var itemKinds = map[assist.Kind]int{
	assist.Constant: 21, assist.Component: 7, assist.Parameter: 6, assist.Variable: 6, assist.Instance: 6,
	assist.InPort: 5, assist.OutPort: 5, assist.Rule: 3, assist.Group: 9, assist.ActorType: 7, assist.Argument: 10,
	assist.Predicate: 3, assist.Property: 10, assist.Keyword: 14, assist.Literal: 12, assist.Include: 17,
}

func (s *session) completion(p placeParams) ([]completionItem, error) {
	v, err := s.look(p.TextDocument.URI, p.Position)
	if err != nil {
		return nil, err
	}
	items := []completionItem{}
	for n, i := range v.Complete(v.offset) {
		c := completionItem{Label: i.Label, Kind: itemKinds[i.Kind], Detail: i.Detail, Sort: fmt.Sprintf("%05d", n), Format: 1}
		if i.Doc != "" {
			c.Doc = markdown(i.Doc)
		}
		c.Filter = i.Filter
		c.TextEdit = textEdit{v.layout.span(i.Edit.Span), i.Edit.New}
		switch {
		case i.Snippet && s.snippets.Load():
			c.Format = 2
		case i.Snippet:
			c.TextEdit.NewText = plain(i.Edit.New)
		}
		items = append(items, c)
	}
	return items, nil
}

var blank = regexp.MustCompile(`\$\{?\d+(?::([^}]*))?\}?`)

// plain is a snippet for an editor that knows none.
func plain(snippet string) string {
	return strings.ReplaceAll(blank.ReplaceAllString(snippet, "$1"), "\t", "    ")
}

func (s *session) hover(p placeParams) (*hover, error) {
	v, err := s.look(p.TextDocument.URI, p.Position)
	if err != nil {
		return nil, err
	}
	n, ok := v.Hover(v.offset)
	if !ok {
		return nil, nil
	}
	return &hover{markdown(n.Text), v.layout.span(n.Span)}, nil
}

func (s *session) definition(p placeParams) (*location, error) {
	v, err := s.look(p.TextDocument.URI, p.Position)
	if err != nil {
		return nil, err
	}
	at, ok := v.Definition(v.offset)
	if !ok {
		return nil, nil
	}
	l := s.location(v.Snapshot, at)
	return &l, nil
}

// location is a place in a text that a script knows.
func (s *session) location(snap *assist.Snapshot, at assist.Place) location {
	return location{s.texts.uri(at.File), newLayout(snap.Text(at.File)).span(at.Span)}
}

func (s *session) references(p placeParams) ([]location, error) {
	v, err := s.look(p.TextDocument.URI, p.Position)
	if err != nil {
		return nil, err
	}
	all := []location{}
	seen := map[location]bool{}
	add := func(snap *assist.Snapshot, places []assist.Place) {
		for _, at := range places {
			if l := s.location(snap, at); !seen[l] {
				seen[l] = true
				all = append(all, l)
			}
		}
	}
	add(v.Snapshot, v.References(v.offset))
	if at, ok := v.Definition(v.offset); ok {
		for _, o := range s.texts.others(v.Name()) {
			add(o, o.Uses(at))
		}
	}
	return all, nil
}

func (s *session) prepareRename(p placeParams) (*prepared, error) {
	v, err := s.look(p.TextDocument.URI, p.Position)
	if err != nil {
		return nil, err
	}
	at, name, err := v.Renamable(v.offset)
	if err != nil {
		return nil, jrpc2.Errorf(codeRequestFailed, "%v", err)
	}
	return &prepared{v.layout.span(at), name}, nil
}

func (s *session) rename(p renameParams) (*workspaceEdit, error) {
	v, err := s.look(p.TextDocument.URI, p.Position)
	if err != nil {
		return nil, err
	}
	others := s.texts.others(v.Name())
	edits, err := v.Rename(v.offset, p.NewName, others)
	if err != nil {
		return nil, jrpc2.Errorf(codeRequestFailed, "%v", err)
	}
	w := &workspaceEdit{map[string][]textEdit{}}
	for file, list := range edits {
		src := v.Text(file)
		for i := 0; src == nil && i < len(others); i++ {
			src = others[i].Text(file)
		}
		w.Changes[s.texts.uri(file)] = newLayout(src).edits(list)
	}
	return w, nil
}

func (l *layout) edits(list []script.Edit) []textEdit {
	all := make([]textEdit, len(list))
	for i, e := range list {
		all[i] = textEdit{l.span(e.Span), e.New}
	}
	return all
}

func (s *session) codeAction(p actionParams) ([]codeAction, error) {
	v, err := s.look(p.TextDocument.URI, p.Range.Start)
	if err != nil {
		return nil, err
	}
	all := []codeAction{}
	if len(p.Context.Only) > 0 && !strings.Contains(strings.Join(p.Context.Only, " ")+" ", "quickfix ") {
		return all, nil
	}
	for _, a := range v.Actions(v.offset, v.layout.offset(p.Range.End)) {
		all = append(all, codeAction{Title: a.Title, Kind: "quickfix", Preferred: a.Sure,
			Diagnostics: []diagnostic{s.diagnostic(v.Snapshot, a.Issue)},
			Edit:        workspaceEdit{map[string][]textEdit{v.doc.uri: v.layout.edits(a.Edits)}}})
	}
	return all, nil
}

// symbolKinds are the protocol's numbers for pictures in outlines.
var symbolKinds = map[assist.Kind]int{
	assist.Constant: 14, assist.Component: 5, assist.Instance: 13, assist.Literal: 15, assist.Rule: 12,
	assist.Group: 3, assist.Loop: 18, assist.Test: 6,
}

func (s *session) documentSymbol(p documentParams) ([]documentSymbol, error) {
	v, err := s.look(p.TextDocument.URI, position{})
	if err != nil {
		return nil, err
	}
	return v.outline(v.Symbols()), nil
}

func (v view) outline(symbols []assist.Symbol) []documentSymbol {
	all := []documentSymbol{}
	for _, y := range symbols {
		d := documentSymbol{Name: y.Name, Detail: y.Detail, Kind: symbolKinds[y.Kind], Range: v.layout.span(y.Span), Selection: v.layout.span(y.At)}
		if d.Name == "" {
			d.Name = string(y.Kind) // editors refuse a symbol without a name
		}
		if len(y.Inside) > 0 {
			d.Children = v.outline(y.Inside)
		}
		all = append(all, d)
	}
	return all
}

func (s *session) foldingRange(p documentParams) ([]foldingRange, error) {
	v, err := s.look(p.TextDocument.URI, position{})
	if err != nil {
		return nil, err
	}
	all := []foldingRange{}
	for _, f := range v.Folds() {
		kind := ""
		if f.Comment {
			kind = "comment"
		}
		all = append(all, foldingRange{uint32(f.First - 1), uint32(f.Last - 1), kind})
	}
	return all, nil
}
