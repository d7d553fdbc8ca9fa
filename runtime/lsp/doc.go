// Package lsp speaks the Language Server Protocol, version 3.17, so that
// editors can help those who write scripts.
//
//	err := lsp.Serve(ctx, os.Stdin, os.Stdout, lsp.Config{Types: specs, Names: names})
//
// What is answered comes from package assist; here are the texts that are open
// in the editor, the messages, and the counting of places: the protocol counts
// lines from 0 and columns in UTF-16 code units. Includes are read from the
// editor where they are open there, else from disk.
//
// A message that makes no sense gets an error for an answer and the session
// goes on; only framing that is lost beyond repair ends it.
package lsp
