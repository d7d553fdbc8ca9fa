// Package meter counts what a node does.
package meter
