// Package ioactors holds the actor types of the namespace io: they bring tokens
// to people and to the world outside.
package ioactors
