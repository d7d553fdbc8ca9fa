package durable

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "memory")
	for _, text := range []string{"first", "a second and longer one", ""} {
		if err := Replace(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(file)
		if err != nil || string(b) != text {
			t.Fatalf("the file holds %q (%v), want %q", b, err, text)
		}
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v (%v), want 0600", info.Mode(), err)
	}
	onlyThere(t, dir, "memory")
}

// Whoever reads while it is written finds one of the two, whole.
func TestReadersSeeAWholeFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "memory")
	a, b := strings.Repeat("a", 1<<16), strings.Repeat("b", 1<<15)
	if err := Replace(file, []byte(a), 0o600); err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	done := make(chan struct{})
	writing.Go(func() {
		defer close(done)
		for i := range 100 {
			if err := Replace(file, []byte([]string{a, b}[i%2]), 0o600); err != nil {
				t.Error(err)
			}
		}
	})
	for reading := true; reading; {
		select {
		case <-done:
			reading = false
		default:
		}
		got, err := os.ReadFile(file)
		if err != nil || string(got) != a && string(got) != b {
			t.Fatalf("a reader found %d bytes (%v), which nobody has written", len(got), err)
		}
	}
	writing.Wait()
	onlyThere(t, dir, "memory")
}

func TestReplaceThatFails(t *testing.T) {
	dir := t.TempDir()
	err := Replace(filepath.Join(dir, "no", "memory"), nil, 0o600)
	if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "no", "memory")) {
		t.Errorf("a folder that is not there: %v, want an error that names the file", err)
	}
	taken := filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(taken, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Replace(taken, []byte("x"), 0o600); err == nil {
		t.Error("a folder was replaced by a file")
	}
	onlyThere(t, dir, "folder")
}

// onlyThere is that nothing was left behind.
func onlyThere(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("the folder holds %v, want %s alone", entries, name)
	}
}
