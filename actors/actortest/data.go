package actortest

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// SharedData is the folder shared/data beside the repository, with recordings
// of real patients. A test that needs it is skipped where it is not.
func SharedData(t testing.TB) fs.FS {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
	}
	data := filepath.Join(filepath.Dir(dir), "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skipf("real recordings are not here: %v", err)
	}
	return os.DirFS(data)
}
