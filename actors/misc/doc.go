// Package misc holds the one actor type of the namespace misc, an example.
package misc
