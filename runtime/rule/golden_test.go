package rule_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wardflow/wardflow/runtime/rule"
)

var update = flag.Bool("update", false, "rewrite the expected parts of testdata/*.txtar")

// A file is read and written again, or what is wrong with it is said.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, want := &a.Files[0], &a.Files[1]
			var got string
			if rules, err := rule.Parse(in.Name, in.Data); err != nil {
				got = err.Error() + "\n"
			} else {
				got = rule.Format(rules)
			}
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got != string(want.Data) {
				t.Errorf("got\n%s\nwant\n%s", got, want.Data)
			}
		})
	}
}
