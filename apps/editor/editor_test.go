package editor_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite what the golden files want")

// node runs a script of this folder, which skips the test where node or a
// package is not there. In CI they must be.
func node(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	missing := ""
	if _, err := exec.LookPath("node"); err != nil {
		missing = "node"
	}
	for _, dir := range []string{"vscode-textmate", "vscode-oniguruma", "vscode-languageclient"} {
		if _, err := os.Stat(filepath.Join("node_modules", dir)); err != nil {
			missing = dir
		}
	}
	switch {
	case missing != "" && os.Getenv("CI") != "":
		t.Fatalf("%s is missing: ./.ci/tools installs it", missing)
	case missing != "":
		t.Skipf("%s is missing: `make test` installs it", missing)
	}
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Stdin = bytes.NewReader(stdin)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node %v: %v\n%s", args, err, stderr.String())
	}
	return out
}

// Each archive has a script and the scopes that the grammar gives its words.
func TestGrammar(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	archives := map[string]*txtar.Archive{}
	texts := map[string]string{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		archives[file], texts[file] = a, string(a.Files[0].Data)
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	if err := json.Unmarshal(node(t, in, "e2e/scopes.mjs"), &got); err != nil {
		t.Fatal(err)
	}
	for file, a := range archives {
		if got[file] != string(a.Files[1].Data) && !*update {
			t.Errorf("%s: the scopes are\n%s\nwant\n%s", file, got[file], a.Files[1].Data)
		}
		a.Files[1].Data = []byte(got[file])
		if *update {
			if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Every word of the scripts of the house has a scope: the grammar knows all
// they have.
func TestGrammarKnowsScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../calvinscripts/*.calvin")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	if err := json.Unmarshal(node(t, in, "e2e/scopes.mjs"), &got); err != nil {
		t.Fatal(err)
	}
	for file, scopes := range got {
		for line := range strings.Lines(scopes) {
			if strings.HasPrefix(line, "  \"") && strings.HasSuffix(line, "\" -\n") {
				t.Errorf("%s: the grammar does not know %s", file, line)
			}
		}
		if !strings.Contains(scopes, "entity.name.type.actor") || !strings.Contains(scopes, "keyword.operator.link") {
			t.Errorf("%s has no actors or links, as the grammar sees it", file)
		}
	}
}

// The extension starts the server that the settings name, again when they
// change, and says what to do when it does not start.
func TestExtension(t *testing.T) {
	t.Parallel()
	var did []any
	if err := json.Unmarshal(node(t, nil, "e2e/extension.cjs"), &did); err != nil {
		t.Fatal(err)
	}
	client := func(command string) any {
		return []any{"client", "calvin", map[string]any{"command": command, "args": []any{"lsp"}},
			[]any{map[string]any{"language": "calvin"}}, map[string]any{"includes": []any{"lib"}}, "**/*.calvin"}
	}
	want := []any{
		client("/opt/wardflow"), []any{"start"},
		[]any{"stop"}, client("/opt/wardflow"), []any{"start"},
		[]any{"stop"}, client("missing"),
		[]any{"error", "CalvinScript: missing lsp does not start (spawn missing ENOENT). Install wardflow, or set calvin.command to its path."},
		[]any{"stop"},
	}
	if !reflect.DeepEqual(did, want) {
		t.Errorf("the extension did\n%v, want\n%v", did, want)
	}
}

// What package.json names is there, and is JSON where it says so.
func TestParts(t *testing.T) {
	var manifest struct {
		Main        string
		Contributes struct {
			Languages []struct{ Configuration string }
			Grammars  []struct{ Path string }
		}
	}
	readJSON(t, "package.json", &manifest)
	if _, err := os.Stat(manifest.Main); err != nil {
		t.Error(err)
	}
	for _, l := range manifest.Contributes.Languages {
		readJSON(t, l.Configuration, new(any))
	}
	for _, g := range manifest.Contributes.Grammars {
		readJSON(t, g.Path, new(any))
	}
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Errorf("%s: %v", file, err)
	}
}
