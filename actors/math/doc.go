// Package mathactors holds the actor types of the namespace math: they compute
// with numbers and draw random ones. What scripts give as text is computed by
// package formula.
package mathactors
