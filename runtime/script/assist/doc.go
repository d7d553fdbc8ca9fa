// Package assist answers what a person who is writing a script would like to
// know: what could stand here, what this is, where it comes from and is used,
// what else must change, and how a mistake is mended.
//
//	s := assist.Read("ward.calvin", src, world)
//	for _, item := range s.Complete(offset) { … }
//
// All of it is a function of the text and of a [World], which says what actor
// types there are. A text that is being typed is broken most of the time: what
// the parser could read of it has a tree, and the statement under the cursor is
// looked at word by word. Places are in bytes; package lsp counts as editors do.
package assist
