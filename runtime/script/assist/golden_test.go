package assist_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/wardflow/wardflow/runtime/script/assist"
)

var update = flag.Bool("update", false, "rewrite what the golden files want")

// Each archive has a script and what is told of it: its outline, its colours,
// its folds, or its issues' actions with the script that each of them makes.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	show := map[string]func(*assist.Snapshot, string) string{"outline": outline, "tokens": tokens, "folds": folds, "actions": actions}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			src := string(a.Files[0].Data)
			s := assist.Read("in.calvin", []byte(src), world())
			for i, part := range a.Files[1:] {
				got := show[part.Name](s, src)
				if got != string(part.Data) && !*update {
					t.Errorf("%s is\n%s\nwant\n%s", part.Name, got, part.Data)
				}
				a.Files[i+1].Data = []byte(got)
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func outline(s *assist.Snapshot, _ string) string {
	var b strings.Builder
	var show func(all []assist.Symbol, indent string)
	show = func(all []assist.Symbol, indent string) {
		for _, y := range all {
			fmt.Fprintf(&b, "%s%d:%d %s %s %s\n", indent, y.At.Start.Line, y.At.Start.Col, y.Kind, y.Name, y.Detail)
			show(y.Inside, indent+"  ")
		}
	}
	show(s.Symbols(), "")
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

var tokenNames = []string{"keyword", "comment", "string", "number", "operator", "class", "variable", "property", "parameter", "function", "namespace"}

// tokens writes each line of the script with the colours below it.
func tokens(s *assist.Snapshot, src string) string {
	var b strings.Builder
	all := s.Tokens()
	for n, line := range strings.Split(strings.TrimSuffix(src, "\n"), "\n") {
		fmt.Fprintln(&b, line)
		for _, k := range all {
			if int(k.Span.Start.Line) != n+1 {
				continue
			}
			text := src[k.Span.Start.Offset:k.Span.End.Offset]
			fmt.Fprintf(&b, "  %q %s%s%s%s\n", text, tokenNames[k.Kind], flagged(k.Declared, " declared"), flagged(k.ReadOnly, " readonly"), flagged(k.Library, " library"))
		}
	}
	return b.String()
}

func flagged(yes bool, word string) string {
	if yes {
		return word
	}
	return ""
}

func folds(s *assist.Snapshot, _ string) string {
	all := s.Folds()
	slices.SortFunc(all, func(a, b assist.Fold) int { return int(a.First - b.First) })
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%d-%d%s\n", f.First, f.Last, flagged(f.Comment, " comment"))
	}
	return b.String()
}

func actions(s *assist.Snapshot, src string) string {
	var b strings.Builder
	for _, a := range s.Actions(0, len(src)) {
		fmt.Fprintf(&b, "%d:%d %s: %s\n", a.Issue.Span.Start.Line, a.Issue.Span.Start.Col, a.Issue.Msg, a.Title)
		was, is := strings.Split(src, "\n"), strings.Split(string(assist.Apply([]byte(src), a.Edits)), "\n")
		for n := range is {
			if n >= len(was) || was[n] != is[n] {
				fmt.Fprintf(&b, "  %s\n", is[n])
				break
			}
		}
	}
	return b.String()
}
