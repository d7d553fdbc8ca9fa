// Package build holds the bindings of the rule manager that there was, until
// nothing uses it any more.
package build
