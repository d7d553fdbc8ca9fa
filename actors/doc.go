// Package actors lists the actor types that Wardflow comes with.
//
// A folder below it is a namespace of scripts, a file in it is an actor type:
// std.Sum is in actors/std/sum.go. The folder is the script's name; where that
// is also the name of a Go package that its users need, the package is called
// otherwise (actors/io is package ioactors).
//
// Beside the namespaces stands what their types share: arguments and states
// (value), timers (timer), what Python makes of values (python), and for their
// tests a bench (actortest) and tables of cases (casetest).
//
// To add a type, write the file and its test, and put one line into [All].
package actors
