// Package value helps actor types with the values of scripts: reading their
// arguments, showing tokens to people, and saving values as state.
package value
