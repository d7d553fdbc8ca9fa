package demo

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite calvinscripts/ward.calvin")

// The ward that the demo deploys without recordings stands among the scripts to
// learn from, as it is.
func TestTheWardIsAmongTheScripts(t *testing.T) {
	file := filepath.Join("..", "..", "..", "calvinscripts", "ward.calvin")
	script := invented().Script()
	if *update {
		if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != script {
		t.Errorf("%s is not what the demo deploys; go test ./apps/hospital/demo -update writes it", file)
	}
}

// A demo goes on in its own ward only.
func TestAnotherWardsDirectoryIsRefused(t *testing.T) {
	l := layout{t.TempDir()}
	if err := same(l, source(nil)); err != nil {
		t.Fatal(err)
	}
	if err := same(l, source(nil)); err != nil {
		t.Errorf("the same ward again: %v", err)
	}
	if err := same(l, source([]string{"/x/icu-bidmc"})); err == nil {
		t.Error("the directory of one ward was taken for another")
	}
}
