package lsp_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/lsp"
)

// Whatever an editor sends, the session comes to an end with the input.
func FuzzServe(f *testing.F) {
	f.Add("Content-Length: 2\r\n\r\n{}")
	f.Add("Content-Length: 99999999999999999999\r\n\r\n{}")
	f.Add("Content-Length: -1\r\n\r\n")
	f.Add("Content-Length: 5\r\n\r\n{}")
	f.Add("no header\r\n\r\n{}")
	f.Add(strings.Repeat("x", 1<<14))
	f.Fuzz(func(t *testing.T, in string) {
		if lsp.Serve(t.Context(), strings.NewReader(in), io.Discard, config) == nil {
			t.Fatalf("%q is no orderly session", in)
		}
	})
}

// The same for messages that are framed well: a line is one. Every request
// behind them is answered.
func FuzzMessages(f *testing.F) {
	const begin = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}` + "\n"
	f.Add(begin + `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a.calvin","text":"a : std.Counter()\na."}}}` + "\n" +
		`{"jsonrpc":"2.0","id":2,"method":"textDocument/completion","params":{"textDocument":{"uri":"file:///a.calvin"},"position":{"line":1,"character":2}}}`)
	f.Add(begin + `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"%","text":"\ud800"}}}` + "\n" +
		`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"%"},"contentChanges":[{"range":{"start":{"line":9,"character":9},"end":{"line":0,"character":0}},"text":"x"}]}}`)
	f.Add(begin + `[{"jsonrpc":"2.0","id":null,"method":"shutdown"},1]`)
	f.Fuzz(func(t *testing.T, in string) {
		var b bytes.Buffer
		for line := range strings.Lines(in) {
			fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(line), line)
		}
		for _, msg := range []string{`{"jsonrpc":"2.0","id":"last","method":"shutdown"}`, `{"jsonrpc":"2.0","method":"exit"}`} {
			fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(msg), msg)
		}
		var out bytes.Buffer
		err := lsp.Serve(t.Context(), &b, &out, config)
		if strings.Contains(in, "exit") {
			return
		}
		if err != nil && !errors.Is(err, lsp.ErrNoShutdown) {
			t.Fatalf("%q: %v", in, err)
		}
		if !strings.Contains(out.String(), `"id":"last"`) {
			t.Fatalf("%q: the shutdown is not answered", in)
		}
	})
}
