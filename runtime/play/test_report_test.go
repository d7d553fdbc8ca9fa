package play

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/device"
	"github.com/wardflow/wardflow/runtime/script"
)

var update = flag.Bool("update", false, "rewrite what the golden files in testdata/test and testdata/case compare with")

// Each file is a script with tests and what is reported of them.
func TestReports(t *testing.T) {
	golden(t, "testdata/test/*.txtar", func(t *testing.T, in []byte) string {
		all := actors.All()
		f, _ := script.Load("in.calvin", in, nil)
		o := script.Build(f, script.TypesOf(all), script.WithNames(script.NamesOf(all)))
		if o.Graph == nil {
			t.Fatal(o.Issues)
		}
		var b bytes.Buffer
		for _, trial := range o.Tests {
			v := Test(trial, TestConfig{Types: all, Devices: device.Mocks})
			v.Report(&b, true)
		}
		return b.String()
	})
}

// golden runs a function over the first file of each archive and compares what
// it gives with the second.
func golden(t *testing.T, glob string, do func(*testing.T, []byte) string) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", glob, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(ar.Files) != 2 || len(bytes.TrimSpace(ar.Comment)) == 0 {
				t.Fatal("want a sentence, an input and what is wanted")
			}
			got := do(t, ar.Files[0].Data)
			if got == string(ar.Files[1].Data) {
				return
			}
			if !*update {
				t.Errorf("got\n%s\nwant\n%s", got, ar.Files[1].Data)
				return
			}
			ar.Files[1].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}
