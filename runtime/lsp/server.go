package lsp

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/handler"

	"github.com/wardflow/wardflow/runtime/script"
)

// A Config says what scripts may use.
type Config struct {
	Types    script.Types
	Names    []string // of the actor types, sorted
	Includes []string // folders to look for includes in, after the script's own
}

// ErrNoShutdown reports an editor that went away without saying so first.
var ErrNoShutdown = errors.New("the session ended without a shutdown")

// The protocol's own codes of errors.
const (
	codeNotInitialized = jrpc2.Code(-32002)
	codeInvalidRequest = jrpc2.Code(-32600)
	codeRequestFailed  = jrpc2.Code(-32803)
)

// Serve holds one session: it reads messages from r and writes to w until exit
// comes, r ends or ctx is done. It returns nil after an orderly shutdown and
// [ErrNoShutdown] where there was none; any other error is of the streams. When
// ctx is done while a read of r blocks, Serve returns with the next byte.
func Serve(ctx context.Context, r io.Reader, w io.Writer, cfg Config) error {
	s := &session{cfg: cfg, texts: newTexts(cfg), dirty: make(chan struct{}, 1)}
	methods := s.methods()
	ch := newFrames(r, w, func(method string) bool { return methods[method] != nil })
	srv := jrpc2.NewServer(methods, &jrpc2.ServerOptions{AllowPush: true, DisableBuiltin: true})
	s.notify = srv.Notify
	srv.Start(ch)
	stop := context.AfterFunc(ctx, srv.Stop)
	defer stop()
	checked := make(chan struct{})
	run, cancel := context.WithCancel(ctx)
	go func() {
		defer close(checked)
		s.check(run)
	}()
	err := srv.Wait()
	cancel()
	<-checked
	if err != nil {
		return fmt.Errorf("lsp: %w", err)
	}
	if !s.shutdown.Load() {
		return ErrNoShutdown
	}
	return nil
}

// methods are what the editor may ask and tell.
func (s *session) methods() handler.Map {
	return handler.Map{
		"initialize":  handler.New(s.initialize),
		"initialized": handler.New(func(context.Context) error { return nil }),
		"shutdown":    handler.New(s.end),
		"exit":        handler.New(func(context.Context) error { return nil }),

		"$/setTrace":      handler.New(ignore),
		"$/cancelRequest": handler.New(ignore),

		"workspace/didChangeConfiguration": handler.New(ignore),
		"workspace/didChangeWatchedFiles":  s.told(func() { s.texts.forget(); s.recheck() }),

		"textDocument/didOpen":   tell(s, s.opened),
		"textDocument/didChange": tell(s, s.changed),
		"textDocument/didClose":  tell(s, s.closed),
		"textDocument/didSave":   handler.New(ignore),

		"textDocument/completion":          ask(s, s.completion),
		"textDocument/hover":               ask(s, s.hover),
		"textDocument/definition":          ask(s, s.definition),
		"textDocument/references":          ask(s, s.references),
		"textDocument/prepareRename":       ask(s, s.prepareRename),
		"textDocument/rename":              ask(s, s.rename),
		"textDocument/codeAction":          ask(s, s.codeAction),
		"textDocument/documentSymbol":      ask(s, s.documentSymbol),
		"textDocument/foldingRange":        ask(s, s.foldingRange),
		"textDocument/semanticTokens/full": ask(s, s.semanticTokens),
		"textDocument/formatting":          ask(s, s.formatting),
	}
}

func ignore(context.Context, *jrpc2.Request) error { return nil }

// ask is a request that a session which has begun and not ended answers.
func ask[P, R any](s *session, answer func(P) (R, error)) jrpc2.Handler {
	return func(_ context.Context, req *jrpc2.Request) (any, error) {
		if !s.begun.Load() {
			return nil, jrpc2.Errorf(codeNotInitialized, "initialize comes first")
		}
		if s.shutdown.Load() {
			return nil, jrpc2.Errorf(codeInvalidRequest, "the session has been shut down")
		}
		var p P
		if err := req.UnmarshalParams(&p); err != nil {
			return nil, err
		}
		return answer(p)
	}
}

// tell is a notification. One that makes no sense is left alone: there is
// nobody to complain to.
func tell[P any](s *session, take func(P)) jrpc2.Handler {
	return func(_ context.Context, req *jrpc2.Request) (any, error) {
		var p P
		if !s.begun.Load() {
			return nil, nil
		}
		if err := req.UnmarshalParams(&p); err != nil {
			return nil, err
		}
		take(p)
		return nil, nil
	}
}

func (s *session) told(do func()) jrpc2.Handler {
	return func(context.Context, *jrpc2.Request) (any, error) {
		do()
		return nil, nil
	}
}
