// Package openapi describes the control API in OpenAPI 3.1: for programs that are
// generated from it, and for people who read it.
//
// What there is comes from the table of routes of package control, what it takes
// and gives from the Go types, what these mean from their comments, and what a
// route does from the table in operations.go: a route without a line there is an
// error, and so is a line without a route. The document is made when the tests of
// package control run with -update, and committed there; a node serves it as it is.
package openapi
