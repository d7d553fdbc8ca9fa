//go:build unix

package wal

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// lockFolder keeps a second process out of a folder: two would write over each
// other. The lock ends with the process.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, errors.New("the folder is in use by another process: stop that node, or give this one a folder of its own")
	}
	return f, nil
}
