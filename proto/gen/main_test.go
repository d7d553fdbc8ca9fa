package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// What is committed is what the sources say. If this fails, run go generate
// ./proto and commit what it writes.
func TestGeneratedIsCurrent(t *testing.T) {
	t.Chdir("..")
	dir := t.TempDir()
	if err := generate(t.Context(), []string{"wardflow/v1/door.proto"}, dir); err != nil {
		t.Fatal(err)
	}
	made, err := filepath.Glob(filepath.Join(dir, "wardflowpb", "*.go"))
	if err != nil || len(made) != 2 {
		t.Fatalf("made %v, %v; want two files", made, err)
	}
	for _, name := range made {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("wardflowpb", filepath.Base(name)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what its source says (%v)", filepath.Base(name), err)
		}
	}
}
