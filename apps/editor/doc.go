// Package editor tests the extension for VS Code in this folder: its grammar
// against golden files, its start of the language server, and that its parts
// fit together. It has no code of its own; what editors ask is answered by
// package lsp.
package editor
