// Package build is what go generate makes of the contracts: for each its ABI,
// its creation bytecode and Go bindings that pack and unpack its calls, events
// and errors.
package build
