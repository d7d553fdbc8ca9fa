package node

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/script/assist"
)

// What helps people who write scripts: control.Editor. It is the same code that
// answers editors on their own machines (package lsp).

// reading looks at a script as it is being written.
func (n *Node) reading(d control.Deployment) *assist.Snapshot {
	return assist.Read(d.File, []byte(d.Script), assist.World{
		Types: script.TypesOf(n.types), Names: script.NamesOf(n.types), Find: included(d),
		Beside: func(string) []string { return slices.Sorted(maps.Keys(d.Includes)) },
	})
}

// included finds what a script includes among the texts that came with it.
func included(d control.Deployment) script.Find {
	return func(_, name string) (string, []byte, error) {
		text, ok := d.Includes[name]
		if !ok {
			return "", nil, fs.ErrNotExist
		}
		return name + ".calvin", []byte(text), nil
	}
}

// Complete is what could stand at a place of a script.
func (n *Node) Complete(_ context.Context, at control.ScriptPlace) ([]control.Completion, error) {
	var all []control.Completion
	for _, i := range n.reading(at.Deployment).Complete(offsetOf(at)) {
		if len(all) == control.MaxCompletions {
			break
		}
		all = append(all, control.Completion{TextEdit: textEdit(i.Edit), Label: i.Label, Kind: string(i.Kind),
			Detail: i.Detail, Doc: i.Doc, Filter: i.Filter, Snippet: i.Snippet})
	}
	return all, nil
}

// Hover tells about what stands at a place of a script.
func (n *Node) Hover(_ context.Context, at control.ScriptPlace) (*control.Hover, error) {
	note, ok := n.reading(at.Deployment).Hover(offsetOf(at))
	if !ok {
		return &control.Hover{}, nil
	}
	return &control.Hover{Range: rangeOf(note.Span), Text: note.Text}, nil
}

// Format is a script in the one style.
func (n *Node) Format(_ context.Context, d control.Deployment) (string, error) {
	text, issues := script.Format([]byte(d.Script), d.File)
	if issues.Err() != nil {
		return "", &control.ScriptError{Issues: controlIssues(issues)}
	}
	return string(text), nil
}

// Types are the actor types of this node.
func (n *Node) Types(context.Context) ([]flow.Spec, error) {
	var all []flow.Spec
	for _, name := range slices.Sorted(maps.Keys(n.types)) {
		all = append(all, n.types[name].Spec)
	}
	return all, nil
}

// Explain is the page about a kind of mistake.
func (n *Node) Explain(_ context.Context, code string) (*control.Explanation, error) {
	page, ok := script.Explain(code)
	if !ok {
		return nil, fmt.Errorf("code %q: %w", code, control.ErrNotFound)
	}
	return &control.Explanation{Code: page.Code, Title: page.Title, Why: page.Why, Bad: page.Bad, Good: page.Good}, nil
}

// mended adds to the issues of a script what would mend them.
func (n *Node) mended(d control.Deployment, issues []control.Issue) []control.Issue {
	if len(issues) == 0 {
		return issues
	}
	type place struct {
		line, col int
		code      string
	}
	fixes := map[place][]control.Fix{}
	for _, a := range n.reading(d).Actions(0, len(d.Script)) {
		at := place{int(a.Issue.Span.Start.Line), int(a.Issue.Span.Start.Col), a.Issue.Code}
		fix := control.Fix{Title: a.Title}
		for _, e := range a.Edits {
			fix.Edits = append(fix.Edits, textEdit(e))
		}
		fixes[at] = append(fixes[at], fix)
	}
	for i := range issues {
		if issues[i].File == d.File {
			issues[i].Fixes = fixes[place{issues[i].Line, issues[i].Col, issues[i].Code}]
		}
	}
	return issues
}

func textEdit(e script.Edit) control.TextEdit {
	return control.TextEdit{Range: rangeOf(e.Span), Text: e.New}
}

func rangeOf(s script.Span) control.Range {
	return control.Range{Line: int(s.Start.Line), Col: int(s.Start.Col), EndLine: int(s.End.Line), EndCol: int(s.End.Col)}
}

// offsetOf is the byte that a place is at: beyond the end of a line that end,
// beyond the last line the end of the script.
func offsetOf(at control.ScriptPlace) int {
	text, offset := at.Script, 0
	for line := 1; line < at.Line; line++ {
		next := indexAfterLine(text[offset:])
		if next < 0 {
			return len(text)
		}
		offset += next
	}
	for col := 1; col < at.Col && offset < len(text) && text[offset] != '\n' && text[offset] != '\r'; col++ {
		_, size := utf8.DecodeRuneInString(text[offset:])
		offset += size
	}
	return offset
}

// indexAfterLine is where the second line of a text begins, or -1.
func indexAfterLine(text string) int {
	for i := range len(text) {
		if text[i] == '\n' {
			return i + 1
		}
	}
	return -1
}
