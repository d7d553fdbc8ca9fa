//go:build !unix

package files

// notBlocking is nothing where opening a file never blocks.
const notBlocking = 0
