//go:build !unix

package agree

import (
	"os"
	"path/filepath"
)

// lock does not keep anybody out here: the log itself waits for the folder.
func lock(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
}
