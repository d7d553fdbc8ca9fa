//go:build linux || darwin || freebsd

package node

import (
	"syscall"
	"time"
)

// processTime is how long this process has used processors.
func processTime() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// maxFiles is how many files this process may open; 0: not known, or no bound.
func maxFiles() int {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil || uint64(l.Cur) > 1<<30 {
		return 0
	}
	return int(l.Cur)
}
