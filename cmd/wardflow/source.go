package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// How commands read scripts: a file or standard input, and what it includes.

// A sources is where a script and its includes come from.
type sources struct {
	dirs []string // where includes are looked for after the script's own folder
}

func (s *sources) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&s.dirs, "include", "I", nil, "a folder to look for includes in, after the script's own; may be given more than once")
}

// load reads a script and what it includes. The file - is standard input, whose
// own folder is the present one. What is wrong with the script is told by
// [script.Check] and [script.Compile]; the error is that it can't be read at all.
func (s *sources) load(cmd *cobra.Command, file string) (*script.File, error) {
	src, err := readFile(cmd, file)
	if err != nil {
		return nil, err
	}
	f, _ := script.Load(file, src, s.find)
	return f, nil
}

// readFile reads a file, or standard input where it is -.
func readFile(cmd *cobra.Command, file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(cmd.InOrStdin())
	}
	return os.ReadFile(file)
}

// find is a [script.Find].
func (s *sources) find(from, name string) (string, []byte, error) {
	for _, dir := range append([]string{filepath.Dir(from)}, s.dirs...) {
		path := filepath.Join(dir, name+".calvin")
		src, err := os.ReadFile(path)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return path, src, err
		}
	}
	return "", nil, fs.ErrNotExist
}

// errMistakes reports a script with mistakes, which have been shown.
var errMistakes = errors.New("the script has mistakes")

// build compiles a script with the actor types there are.
func build(f *script.File, types flow.Types, opts ...script.Option) *script.Outcome {
	all := append([]script.Option{script.WithNames(script.NamesOf(types)), script.WithActions(script.ActionsOf(types))}, opts...)
	return script.Build(f, script.TypesOf(types), all...)
}

// A constants is the values that --arg gives to constants of a script.
type constants map[string]flow.Value

func (c *constants) flag(cmd *cobra.Command) {
	cmd.Flags().Var(c, "arg", "NAME=VALUE: give a constant of the script another value, in JSON or as it is; may be given more than once")
}

func (c *constants) String() string { return "" }
func (c *constants) Type() string   { return "NAME=VALUE" }

// Set reads NAME=VALUE. What is no JSON is a string.
func (c *constants) Set(s string) error {
	name, text, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return errors.New("want NAME=VALUE")
	}
	v, err := flow.UnmarshalValue([]byte(text))
	if err != nil {
		v = text
	}
	if *c == nil {
		*c = constants{}
	}
	(*c)[name] = v
	return nil
}

// showIssues writes issues for people. Notes are left out unless it is verbose.
func showIssues(w io.Writer, f *script.File, issues script.Issues, verbose bool) {
	for _, i := range issues {
		if i.Severity != script.Note || verbose {
			fmt.Fprint(w, i.Format(f.Source))
		}
	}
}
