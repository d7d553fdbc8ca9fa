package script

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// eachGolden runs a test on each archive of a folder. It gives the archive and
// gets back what it should be.
func eachGolden(t *testing.T, dir string, run func(t *testing.T, ar *txtar.Archive) *txtar.Archive) {
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files in %s: %v", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(bytes.TrimSpace(ar.Comment)) == 0 {
				t.Fatal("no sentence on top")
			}
			got := txtar.Format(run(t, ar))
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := txtar.Format(ar); !bytes.Equal(got, want) {
				t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
			}
		})
	}
}

// files finds the files of an archive, to include.
func files(ar *txtar.Archive) Find {
	return func(_, name string) (string, []byte, error) {
		for _, f := range ar.Files {
			if f.Name == name+".calvin" {
				return f.Name, f.Data, nil
			}
		}
		return "", nil, fs.ErrNotExist
	}
}

// with is an archive with its last file, of a name, written anew; "" leaves it
// out.
func with(ar *txtar.Archive, name, text string) *txtar.Archive {
	out := &txtar.Archive{Comment: ar.Comment}
	for _, f := range ar.Files {
		if f.Name != name {
			out.Files = append(out.Files, f)
		}
	}
	if text != "" {
		out.Files = append(out.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	return out
}

// What reading a script says, mistake by mistake, as a person sees it. The first
// file is the script, others are there to be included.
func TestSyntax(t *testing.T) {
	eachGolden(t, "syntax", func(t *testing.T, ar *txtar.Archive) *txtar.Archive {
		f, issues := Load(ar.Files[0].Name, ar.Files[0].Data, files(ar))
		return with(ar, "issues", issues.Format(f.Source))
	})
}

// What a script looks like when it is formatted.
func TestFormat(t *testing.T) {
	eachGolden(t, "format", func(t *testing.T, ar *txtar.Archive) *txtar.Archive {
		text, issues := Format(ar.Files[0].Data, ar.Files[0].Name)
		if err := issues.Err(); err != nil {
			t.Fatal(err)
		}
		return with(ar, "want", string(text))
	})
}
