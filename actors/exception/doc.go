// Package exception holds the actor types of the namespace exception: they make
// ordinary tokens of exception tokens, which most other types do not take.
package exception
