// Package data holds the actor types of the namespace data: sources and stores
// of data outside, and a buffer for when the way there is broken.
package data
