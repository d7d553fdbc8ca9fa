package lsp

import (
	"context"
	"sync/atomic"

	"github.com/creachadair/jrpc2"
)

// A session is what is known of one editor.
type session struct {
	cfg    Config
	texts  *texts
	notify func(ctx context.Context, method string, params any) error

	begun, shutdown atomic.Bool
	snippets        atomic.Bool // the editor fills in places of a completion

	dirty chan struct{} // has room for one: there is something to check
}

// initialize tells what the server can do.
func (s *session) initialize(_ context.Context, req *jrpc2.Request) (any, error) {
	var p initializeParams
	if err := req.UnmarshalParams(&p); err != nil {
		return nil, err
	}
	if s.begun.Swap(true) {
		return nil, jrpc2.Errorf(codeInvalidRequest, "initialize comes once")
	}
	s.snippets.Store(p.Capabilities.TextDocument.Completion.CompletionItem.SnippetSupport)
	roots := p.WorkspaceFolders
	if len(roots) == 0 && p.RootURI != "" {
		roots = []folder{{p.RootURI}}
	}
	s.texts.begin(roots, p.Options.Includes)
	return map[string]any{
		"serverInfo": map[string]string{"name": "wardflow lsp"},
		"capabilities": map[string]any{
			"positionEncoding":           "utf-16",
			"textDocumentSync":           map[string]any{"openClose": true, "change": 2},
			"completionProvider":         map[string]any{"triggerCharacters": []string{".", ":", ">", ",", "(", "=", "\"", "&"}},
			"hoverProvider":              true,
			"definitionProvider":         true,
			"referencesProvider":         true,
			"renameProvider":             map[string]bool{"prepareProvider": true},
			"documentFormattingProvider": true,
			"documentSymbolProvider":     true,
			"foldingRangeProvider":       true,
			"codeActionProvider":         map[string]any{"codeActionKinds": []string{"quickfix"}},
			"semanticTokensProvider": map[string]any{
				"legend": map[string]any{"tokenTypes": tokenTypes, "tokenModifiers": tokenModifiers},
				"full":   true,
			},
		},
	}, nil
}

func (s *session) end(context.Context) (any, error) {
	if !s.begun.Load() {
		return nil, jrpc2.Errorf(codeNotInitialized, "initialize comes first")
	}
	s.shutdown.Store(true)
	return nil, nil
}

func (s *session) opened(p openParams) {
	s.texts.open(p.TextDocument.URI, p.TextDocument.Version, p.TextDocument.Text)
	s.recheck()
}

func (s *session) changed(p changeParams) {
	s.texts.change(p.TextDocument.URI, p.TextDocument.Version, p.ContentChanges)
	s.recheck()
}

func (s *session) closed(p documentParams) {
	s.texts.shut(p.TextDocument.URI)
	s.recheck()
}

// recheck has the open texts looked at again, soon.
func (s *session) recheck() {
	select {
	case s.dirty <- struct{}{}:
	default: // it will be seen with what was there before
	}
}
