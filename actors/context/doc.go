// Package contextactors holds the actor types of the namespace context: what
// the node they run on says of itself.
package contextactors
