// Package flow holds the nouns of Wardflow: what an actor, a token, a link, a
// graph, a reading and a verdict are. It is the floor of the house. It does
// nothing: it starts no goroutine, reads no clock, opens no file, and imports
// the standard library only, so every other package may import it.
//
// An application is a [Graph]: actors joined by links. Each actor is an
// instance of a [Type], whose [Spec] says which ports, arguments and
// capabilities it has, and whose [Actor] value says when it fires and what a
// firing does. Along each [Link] travel tokens, each one immutable [Value].
package flow
