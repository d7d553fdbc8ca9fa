// Package timeactors holds the actor types of the namespace time: they tell the
// time of the node they run on, or of the virtual clock of a test.
package timeactors
