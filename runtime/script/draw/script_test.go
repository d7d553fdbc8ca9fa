package draw_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
	"github.com/wardflow/wardflow/runtime/script/draw"
)

var update = flag.Bool("update", false, "rewrite what the golden files want")

// types are a few actor types, so that the pictures do not change with the
// house's own.
var types = flow.Types{
	"std.Counter":  {Spec: flow.Spec{Name: "std.Counter", Out: []flow.Port{{Name: "integer"}}}},
	"std.Identity": {Spec: flow.Spec{Name: "std.Identity", In: []flow.Port{{Name: "token"}}, Out: []flow.Port{{Name: "token"}}}},
	"std.Join":     {Spec: flow.Spec{Name: "std.Join", In: []flow.Port{{Name: "a"}, {Name: "b"}}, Out: []flow.Port{{Name: "token"}}}},
	"io.Print":     {Spec: flow.Spec{Name: "io.Print", In: []flow.Port{{Name: "token"}}}},
}

// Each archive has a script, the options as the command line has them, and
// what comes of it in one format or more.
func TestPictures(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { golden(t, file) })
	}
}

func golden(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a := txtar.Parse(text)
	var f *script.File
	var o draw.Options
	var p *draw.Picture
	for i, part := range a.Files {
		if part.Name != "in.calvin" && part.Name != "options" && p == nil {
			if p, err = draw.Of(f, script.TypesOf(types), o); err != nil {
				t.Fatal(err)
			}
		}
		var got []byte
		switch part.Name {
		case "in.calvin":
			var issues script.Issues
			if f, issues = script.Parse("in.calvin", part.Data); issues.Err() != nil {
				t.Fatal(issues.Format(f.Source))
			}
			continue
		case "options":
			words := strings.Fields(string(part.Data))
			for i, w := range words {
				switch w {
				case "--expand":
					o.Expand = true
				case "--component":
					o.Component = words[i+1]
				}
			}
			continue
		case "dot":
			got = p.DOT()
		case "mermaid":
			got = p.Mermaid()
		case "svg":
			got = p.SVG()
		case "json":
			if got, err = json.MarshalIndent(p, "", "  "); err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
		default:
			t.Fatalf("%s: what is %s?", file, part.Name)
		}
		if !bytes.Equal(got, part.Data) && !*update {
			t.Errorf("%s is\n%s\nwant\n%s", part.Name, got, part.Data)
		}
		a.Files[i].Data = got
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoSuchComponent(t *testing.T) {
	f, _ := script.Parse("in.calvin", []byte("a : std.Counter()\n"))
	if _, err := draw.Of(f, script.TypesOf(types), draw.Options{Component: "Bed"}); err == nil || !strings.Contains(err.Error(), "no component Bed") {
		t.Errorf("the error is %v, want one that says there is no component Bed", err)
	}
}
