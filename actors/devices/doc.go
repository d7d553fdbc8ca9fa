// Package devices helps actor types that use the capabilities of package
// device: to find them, to watch an input's changes without losing any to a
// migration, and to wait for an input that has not said anything yet.
package devices
