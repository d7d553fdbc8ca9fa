// Package text holds the actor types of the namespace text: they split, join,
// match and fill in text. The text of what is none is Python's, True and None
// and 1.0 (see package python).
package text
