// Package testactors holds the actor types of the namespace test: they give and
// keep known tokens, so that scripts and nodes can be tried out.
package testactors
