package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/flow"
)

func fewTypes() flow.Types {
	all := actors.All()
	return flow.Types{"std.Counter": all["std.Counter"], "io.Print": all["io.Print"]}
}

// runCommand runs a command as main does and returns what it wrote.
func runCommand(cmd *cobra.Command, stdin string, args ...string) (out, errs string, err error) {
	var o, e bytes.Buffer
	root := &cobra.Command{Use: "wardflow", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(cmd)
	root.SetArgs(args)
	root.SetIn(strings.NewReader(stdin))
	root.SetOut(&o)
	root.SetErr(&e)
	err = root.Execute()
	return o.String(), e.String(), err
}

const goodScript = "src : std.Counter()\nsnk : io.Print()\nsrc.integer > snk.token\n"

func TestCheck(t *testing.T) {
	out, errs, err := runCommand(checkCommand(fewTypes), goodScript, "check", "-")
	if err != nil || out != "-: 2 actors, 1 links\n" || errs != "" {
		t.Fatalf("check of a good script = %q, %q, %v", out, errs, err)
	}
	out, errs, err = runCommand(checkCommand(fewTypes), "src : std.Countr()\n", "check", "-")
	if err == nil || out != "" || !strings.Contains(errs, "-:1:1: unknown actor type 'std.Countr'") ||
		!strings.Contains(errs, "did you mean 'std.Counter'?") {
		t.Fatalf("check of a bad script = %q, %q, %v", out, errs, err)
	}
}

func TestCompile(t *testing.T) {
	out, errs, err := runCommand(compileCommand(fewTypes), goodScript, "compile", "-", "-o", "json", "--name", "tiny")
	if err != nil || errs != "" {
		t.Fatalf("compile = %q, %v", errs, err)
	}
	var d struct {
		Name        string
		Valid       bool
		Connections map[string][]string
	}
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatal(err)
	}
	if d.Name != "tiny" || !d.Valid || len(d.Connections["tiny:src.integer"]) != 1 {
		t.Fatalf("compile printed %s", out)
	}
	if _, _, err := runCommand(compileCommand(fewTypes), goodScript, "compile", "-", "-o", "svg"); err == nil {
		t.Fatal("compile -o svg: want an error")
	}
}

// Every script of the house is without mistakes.
func TestCalvinscripts(t *testing.T) {
	files, err := filepath.Glob("../../calvinscripts/*.calvin")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		if _, errs, err := runCommand(checkCommand(actors.All), "", "check", file); err != nil || errs != "" {
			t.Errorf("check %s: %v\n%s", file, err, errs)
		}
	}
}
