package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

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

// compile compiles a script and shows its issues on standard error. Notes are
// shown only when it is verbose.
func (s *sources) compile(cmd *cobra.Command, file string, types flow.Types, verbose bool, opts ...script.Option) (*flow.Graph, script.Types, error) {
	f, err := s.load(cmd, file)
	if err != nil {
		return nil, nil, err
	}
	specs := script.TypesOf(types)
	g, issues := script.Compile(f, specs, append([]script.Option{script.WithNames(script.NamesOf(types))}, opts...)...)
	showIssues(cmd.ErrOrStderr(), f, issues, verbose)
	if g == nil {
		return nil, nil, errMistakes
	}
	return g, specs, nil
}

// showIssues writes issues for people. Notes are left out unless it is verbose.
func showIssues(w io.Writer, f *script.File, issues script.Issues, verbose bool) {
	for _, i := range issues {
		if i.Severity != script.Note || verbose {
			fmt.Fprint(w, i.Format(f.Source))
		}
	}
}
