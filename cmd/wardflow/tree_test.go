package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/spf13/cobra"
)

// measured are the commands that no script runs: each takes many seconds, and
// has a test of its own beside the trial that it starts.
var measured = []string{"bench chain", "bench deploy", "bench failover", "bench idle", "bench ingest", "bench links", "bench load"}

// Every command that does something is run by a script, which a reader can take
// as its manual page, and explains itself by an example.
func TestEveryCommandHasAScript(t *testing.T) {
	t.Parallel()
	root := newRoot(new(bool))
	ran := scriptedCommands(t, root)
	each(root, func(c *cobra.Command) {
		path := strings.TrimPrefix(c.CommandPath(), "wardflow ")
		if !c.Runnable() || c.Hidden || c.HasSubCommands() || strings.HasPrefix(path, "completion ") || c == root {
			return
		}
		if !ran[path] && !slices.Contains(measured, path) {
			t.Errorf("no script runs wardflow %s: give it one in testdata, or extend one", path)
		}
		if ran[path] && slices.Contains(measured, path) {
			t.Errorf("a script runs wardflow %s: it needs no exception any more", path)
		}
		if !strings.Contains(c.Example, "wardflow "+path) {
			t.Errorf("wardflow %s has no example of itself in its help", path)
		}
	})
}

// A command that only has others below it says so of what is none of them.
func TestNoSuchCommand(t *testing.T) {
	t.Parallel()
	each(newRoot(new(bool)), func(c *cobra.Command) {
		if !c.HasSubCommands() {
			return
		}
		if c.RunE == nil {
			t.Errorf("%s takes any word for a command and shows its help: give it onlySubcommands", c.CommandPath())
		} else if err := c.RunE(c, []string{"nonsense"}); exitCode(err) != exitUsage || !errors.Is(err, errNoCommand) {
			t.Errorf("%s nonsense: %v, want %v", c.CommandPath(), err, errNoCommand)
		}
	})
}

// scriptedCommands are the commands that scripts run, by their path.
func scriptedCommands(t *testing.T, root *cobra.Command) map[string]bool {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	ran := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script := string(txtar.Parse(text).Comment)
		if !strings.HasPrefix(script, "#") {
			t.Errorf("%s does not begin with a sentence about what it shows", file)
		}
		for line := range strings.Lines(script) {
			words := strings.Fields(strings.NewReplacer("'", " ", `"`, " ").Replace(line))
			i := slices.Index(words, "wardflow")
			if i < 1 || words[0] == "#" || !runs(words[:i]) {
				continue
			}
			if c, _, err := root.Find(words[i+1:]); err == nil {
				ran[strings.TrimPrefix(c.CommandPath(), "wardflow ")] = true
			}
		}
	}
	return ran
}

// runs reports whether words before a command run it: "exec", "! exec",
// "exits 3".
func runs(words []string) bool {
	return slices.Contains(words, "exec") || words[0] == "exits"
}
