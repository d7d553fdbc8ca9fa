// Package durable writes small files that a crash leaves whole: whoever reads one,
// also after the power was cut, finds what was there before or what was written,
// and once the call has returned, what was written.
package durable
