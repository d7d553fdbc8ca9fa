//go:build unix

package files

import "syscall"

// notBlocking keeps a named pipe from holding up whoever opens it.
const notBlocking = syscall.O_NONBLOCK
