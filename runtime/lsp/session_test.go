package lsp_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/channel"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/lsp"
	"github.com/wardflow/wardflow/runtime/script"
)

var types = flow.Types{
	"std.Counter":     {Spec: flow.Spec{Name: "std.Counter", Doc: "Count 1, 2, 3", Out: []flow.Port{{Name: "integer", Kind: "integer"}}}},
	"std.Constant":    {Spec: flow.Spec{Name: "std.Constant", Args: []flow.ArgSpec{{Name: "data", Required: true}}, Out: []flow.Port{{Name: "token"}}}},
	"io.Print":        {Spec: flow.Spec{Name: "io.Print", Doc: "Print each token", In: []flow.Port{{Name: "token"}}}},
	"flow.Terminator": {Spec: flow.Spec{Name: "flow.Terminator", In: []flow.Port{{Name: "void"}}}},
}

var config = lsp.Config{Types: script.TypesOf(types), Names: script.NamesOf(types)}

// An editor is the other side of a session, over two pipes.
type editor struct {
	*testing.T
	*jrpc2.Client
	told  chan diagnostics
	ended chan error
}

type diagnostics struct {
	URI         string
	Diagnostics []diagnostic
}

type diagnostic struct {
	Range    [2][2]int
	Severity int
	Code     string
	Message  string
	Related  []map[string]any
}

func (d *diagnostic) UnmarshalJSON(b []byte) error {
	var raw struct {
		Range              rng
		Severity           int
		Code, Message      string
		RelatedInformation []map[string]any
	}
	err := json.Unmarshal(b, &raw)
	*d = diagnostic{raw.Range.flat(), raw.Severity, raw.Code, raw.Message, raw.RelatedInformation}
	return err
}

type rng struct{ Start, End struct{ Line, Character int } }

func (r rng) flat() [2][2]int {
	return [2][2]int{{r.Start.Line, r.Start.Character}, {r.End.Line, r.End.Character}}
}

func newEditor(t *testing.T) *editor {
	t.Helper()
	ours, theirs := io.Pipe()
	back, answers := io.Pipe()
	e := &editor{T: t, told: make(chan diagnostics, 100), ended: make(chan error, 1)}
	go func() {
		e.ended <- lsp.Serve(context.Background(), ours, answers, config)
		answers.Close()
	}()
	e.Client = jrpc2.NewClient(channel.LSP(back, theirs), &jrpc2.ClientOptions{OnNotify: func(r *jrpc2.Request) {
		var d diagnostics
		if err := r.UnmarshalParams(&d); err == nil {
			e.told <- d
		}
	}})
	t.Cleanup(func() { e.Client.Close() })
	return e
}

func (e *editor) begin(root string) {
	e.Helper()
	e.ask("initialize", map[string]any{"rootUri": root, "capabilities": map[string]any{"textDocument": map[string]any{"completion": map[string]any{"completionItem": map[string]any{"snippetSupport": true}}}}}, nil)
	e.tell("initialized", map[string]any{})
}

func (e *editor) ask(method string, params, into any) {
	e.Helper()
	if into == nil {
		into = new(any)
	}
	if err := e.CallResult(e.Context(), method, params, into); err != nil {
		e.Fatalf("%s: %v", method, err)
	}
}

func (e *editor) tell(method string, params any) {
	e.Helper()
	if err := e.Notify(e.Context(), method, params); err != nil {
		e.Fatalf("%s: %v", method, err)
	}
}

func (e *editor) open(uri, text string) {
	e.tell("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "calvin", "version": 1, "text": text}})
}

// hear waits for what the server says of a document.
func (e *editor) hear(uri string) []diagnostic {
	e.Helper()
	for {
		select {
		case d := <-e.told:
			if d.URI == uri {
				return d.Diagnostics
			}
		case err := <-e.ended:
			e.Fatalf("the session ended: %v", err)
		}
	}
}

func at(uri string, line, character int) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": uri}, "position": map[string]int{"line": line, "character": character}}
}

func (e *editor) end() {
	e.Helper()
	e.ask("shutdown", nil, nil)
	e.tell("exit", nil)
	if err := <-e.ended; err != nil {
		e.Errorf("the session ended with %v, want an orderly end", err)
	}
}

const uri = "file:///nowhere/ward.calvin"

// A whole session, as an editor has it.
func TestSession(t *testing.T) {
	e := newEditor(t)
	e.begin("file:///nowhere")
	e.open(uri, "# 😀\ncount : std.Countr()\ncount.integer > voidport\n")

	found := e.hear(uri)
	if len(found) != 1 || found[0].Code != "WF0301" || found[0].Severity != 1 || !strings.Contains(found[0].Message, "help: did you mean 'std.Counter'?") {
		t.Fatalf("the diagnostics are %v, want the unknown type with its help", found)
	}

	var actions []struct {
		Title string
		Edit  struct {
			Changes map[string][]struct {
				Range   rng
				NewText string
			}
		}
	}
	e.ask("textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": uri}, "range": map[string]any{"start": map[string]int{"line": 1}, "end": map[string]int{"line": 1, "character": 20}}, "context": map[string]any{"diagnostics": []any{}}}, &actions)
	if len(actions) != 1 || len(actions[0].Edit.Changes[uri]) != 1 {
		t.Fatalf("the actions are %v, want one edit", actions)
	}
	fix := actions[0].Edit.Changes[uri][0]
	if fix.NewText != "std.Counter" || fix.Range.flat() != [2][2]int{{1, 8}, {1, 18}} {
		t.Errorf("the edit is %v, want std.Counter at 1:8-18", fix)
	}
	e.tell("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": uri, "version": 2}, "contentChanges": []any{map[string]any{"range": map[string]any{"start": map[string]int{"line": 1, "character": 8}, "end": map[string]int{"line": 1, "character": 18}}, "text": fix.NewText}}})
	if found := e.hear(uri); len(found) != 0 {
		t.Errorf("the diagnostics are %v, want none", found)
	}

	// Changes follow one another; a column is counted in UTF-16 code units.
	e.tell("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": uri, "version": 3}, "contentChanges": []any{
		map[string]any{"range": map[string]any{"start": map[string]int{"line": 0, "character": 4}, "end": map[string]int{"line": 0, "character": 4}}, "text": " x"},
		map[string]any{"range": map[string]any{"start": map[string]int{"line": 2, "character": 16}, "end": map[string]int{"line": 2, "character": 24}}, "text": ""},
	}})
	var items []struct {
		Label, SortText  string
		InsertTextFormat int
		TextEdit         struct {
			Range   rng
			NewText string
		}
	}
	e.ask("textDocument/completion", at(uri, 2, 16), &items)
	var labels []string
	for _, i := range items {
		labels = append(labels, i.Label)
	}
	if !slices.Equal(labels, []string{"count", "voidport"}) {
		t.Errorf("completion gives %v, want count and voidport", labels)
	}
	e.ask("textDocument/completion", at(uri, 1, 14), &items)
	if i := slices.IndexFunc(items, func(i struct {
		Label, SortText  string
		InsertTextFormat int
		TextEdit         struct {
			Range   rng
			NewText string
		}
	}) bool {
		return i.Label == "std.Counter"
	}); i < 0 || items[i].TextEdit.NewText != "Counter" || items[i].TextEdit.Range.flat() != [2][2]int{{1, 12}, {1, 19}} {
		t.Errorf("completion gives %v, want std.Counter with an edit of its last part", items)
	}

	var note struct {
		Contents struct{ Kind, Value string }
		Range    rng
	}
	e.ask("textDocument/hover", at(uri, 1, 10), &note)
	if note.Contents.Kind != "markdown" || !strings.Contains(note.Contents.Value, "Count 1, 2, 3") || note.Range.flat() != [2][2]int{{1, 8}, {1, 19}} {
		t.Errorf("the note is %v, want that of std.Counter", note)
	}

	var place struct {
		URI   string
		Range rng
	}
	e.ask("textDocument/definition", at(uri, 2, 2), &place)
	if place.URI != uri || place.Range.flat() != [2][2]int{{1, 0}, {1, 5}} {
		t.Errorf("the definition is %v, want line 1", place)
	}
	var places []any
	e.ask("textDocument/references", at(uri, 2, 2), &places)
	if len(places) != 2 {
		t.Errorf("the references are %v, want two", places)
	}
	var tokens struct{ Data []int }
	e.ask("textDocument/semanticTokens/full", at(uri, 0, 0), &tokens)
	if want := []int{0, 0, 6, 1, 0, 1, 0, 5, 6, 1}; len(tokens.Data) < 10 || !slices.Equal(tokens.Data[:10], want) {
		t.Errorf("the colours are %v, want %v first", tokens.Data, want)
	}
	e.end()
}

// What is asked of the other kinds is answered, too.
func TestAnswers(t *testing.T) {
	e := newEditor(t)
	e.begin("file:///nowhere")
	e.open(uri, "component C()   -> out {\n  k : std.Constant(data=1)\n  k.token > .out\n}\nc : C()\nc.out > voidport\n")
	for _, tt := range []struct {
		method string
		params map[string]any
		want   string // JSON of the answer
	}{
		{"textDocument/documentSymbol", at(uri, 0, 0), `[{"name":"C","detail":"() -> out","kind":5,"range":{"start":{"line":0,"character":0},"end":{"line":3,"character":1}},"selectionRange":{"start":{"line":0,"character":10},"end":{"line":0,"character":11}},"children":[{"name":"k","detail":"std.Constant","kind":13,"range":{"start":{"line":1,"character":2},"end":{"line":1,"character":26}},"selectionRange":{"start":{"line":1,"character":2},"end":{"line":1,"character":3}}}]},{"name":"c","detail":"C","kind":13,"range":{"start":{"line":4,"character":0},"end":{"line":4,"character":7}},"selectionRange":{"start":{"line":4,"character":0},"end":{"line":4,"character":1}}}]`},
		{"textDocument/foldingRange", at(uri, 0, 0), `[{"startLine":0,"endLine":2}]`},
		{"textDocument/formatting", at(uri, 0, 0), `[{"range":{"start":{"line":0,"character":0},"end":{"line":3,"character":0}},"newText":"component C() -> out {\n    k : std.Constant(data=1)\n    k.token > .out\n"}]`},
		{"textDocument/prepareRename", at(uri, 4, 0), `{"range":{"start":{"line":4,"character":0},"end":{"line":4,"character":1}},"placeholder":"c"}`},
		{"textDocument/hover", at(uri, 3, 1), `null`},
		{"textDocument/definition", at(uri, 1, 10), `null`},
	} {
		var got, want any
		e.ask(tt.method, tt.params, &got)
		if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			text, _ := json.Marshal(got)
			t.Errorf("%s gives\n%s, want\n%s", tt.method, text, tt.want)
		}
	}
	rename := at(uri, 4, 0)
	rename["newName"] = "d"
	var edit struct{ Changes map[string][]any }
	e.ask("textDocument/rename", rename, &edit)
	if len(edit.Changes[uri]) != 2 {
		t.Errorf("the rename is %v, want two edits", edit)
	}
	rename["newName"] = "rule"
	if err := e.CallResult(t.Context(), "textDocument/rename", rename, &edit); err == nil || !strings.Contains(err.Error(), "word of the language") {
		t.Errorf("the rename to a keyword gives %v, want an error", err)
	}
	e.end()
}

// Includes come from the editor where they are open, else from disk; a mistake
// in one is shown where it is included; a rename reaches all who share it.
func TestIncludes(t *testing.T) {
	dir := t.TempDir()
	lib := "component Twice() in -> out {\n  .in > /1/ .out\n}\n"
	for name, text := range map[string]string{"lib.calvin": lib, "other.calvin": "include lib\nx : Twice()\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root := (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}).String()
	main, library := root+"/main.calvin", root+"/lib.calvin"
	e := newEditor(t)
	e.begin(root)
	e.open(main, "include lib\nc : std.Counter()\nt : Twice()\nc.integer > t.in\nt.out > voidport\n")
	if found := e.hear(main); len(found) != 1 || !strings.Contains(found[0].Message, "std.Constantify") {
		t.Fatalf("the diagnostics are %v, want that the type of a transform is unknown", found)
	}

	var place struct{ URI string }
	e.ask("textDocument/definition", at(main, 2, 5), &place)
	if place.URI != library {
		t.Errorf("the definition is in %s, want %s", place.URI, library)
	}
	rename := at(main, 2, 5)
	rename["newName"] = "Double"
	var edit struct{ Changes map[string][]any }
	e.ask("textDocument/rename", rename, &edit)
	for _, uri := range []string{main, library, root + "/other.calvin"} {
		if len(edit.Changes[uri]) != 1 {
			t.Errorf("the rename is %v, want one edit in %s", edit.Changes, uri)
		}
	}

	e.open(library, "component Twice() in -> {\n  x : flow.Terminator()\n  .in > x.void\n}\n")
	if found := e.hear(main); len(found) != 1 || found[0].Code != "WF0404" || found[0].Range[0] != [2]int{4, 0} {
		t.Errorf("the diagnostics are %v, want that Twice has no out-port now", found)
	}
	e.tell("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": library}})
	if found := e.hear(library); len(found) != 0 {
		t.Errorf("the closed text has the diagnostics %v, want none", found)
	}
	e.end()
}

// What makes no sense is refused, and the session goes on.
func TestRefusals(t *testing.T) {
	e := newEditor(t)
	refuse := func(method string, params any, code int) {
		t.Helper()
		err := e.CallResult(t.Context(), method, params, new(any))
		var je *jrpc2.Error
		if !errors.As(err, &je) || int(je.Code) != code {
			t.Errorf("%s gives %v, want the code %d", method, err, code)
		}
	}
	refuse("textDocument/hover", at(uri, 0, 0), -32002)
	e.begin("file:///nowhere")
	refuse("initialize", map[string]any{}, -32600)
	refuse("textDocument/hover", at(uri, 0, 0), -32803)
	refuse("textDocument/hover", []int{1}, -32602)
	refuse("textDocument/hover", map[string]any{"position": "here"}, -32602)
	refuse("textDocument/sing", nil, -32601)
	e.tell("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": "nothing open"}, "contentChanges": []any{}})
	e.tell("textDocument/didOpen", []string{"what?"})
	e.open(uri, "")
	e.hear(uri)
	e.ask("shutdown", nil, nil)
	refuse("textDocument/hover", at(uri, 0, 0), -32600)
	e.tell("exit", nil)
	if err := <-e.ended; err != nil {
		t.Errorf("the session ended with %v", err)
	}
}

// An editor that goes away without a word is told so.
func TestNoShutdown(t *testing.T) {
	err := lsp.Serve(t.Context(), strings.NewReader(""), io.Discard, config)
	if !errors.Is(err, lsp.ErrNoShutdown) {
		t.Errorf("the error is %v, want ErrNoShutdown", err)
	}
}
