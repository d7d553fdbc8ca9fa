//go:build !unix

package wal

import (
	"os"
	"path/filepath"
)

// lockFolder does not keep anybody out where there is no flock.
func lockFolder(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
}
