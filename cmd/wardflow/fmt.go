package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/script"
)

// A formatting is what fmt is asked to do with each script.
type formatting struct {
	list, diff, write, check bool

	loose  []string // files that were not formatted
	broken int      // files that could not be read as scripts
}

// fmtCommand is wardflow fmt.
func fmtCommand() *cobra.Command {
	var f formatting
	cmd := &cobra.Command{
		Use:   "fmt [-l] [-d] [-w] [--check] [FILE...]",
		Short: "Format scripts",
		Long: "Format scripts in the one style of Wardflow: the result goes to standard output, unless a flag\n" +
			"says otherwise. Without a file, or with -, standard input is read. A script with mistakes in its\n" +
			"grammar is not formatted; its mistakes are shown.",
		Example: "  wardflow fmt -w ward.calvin\n" +
			"  wardflow fmt -d ward.calvin\n" +
			"  wardflow fmt --check *.calvin",
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) == 0 {
				files = []string{"-"}
			}
			switch {
			case f.write && slices.Contains(files, "-"):
				return usageError{errors.New("fmt: -w writes files, and standard input is none")}
			case f.write && f.check:
				return usageError{errors.New("fmt: -w writes, and --check changes nothing: give one of them")}
			}
			for _, file := range files {
				if err := f.one(cmd, file); err != nil {
					return fmt.Errorf("fmt: %w", err)
				}
			}
			return f.result(len(files))
		},
	}
	cmd.Flags().BoolVarP(&f.list, "list", "l", false, "name the files that are not formatted")
	cmd.Flags().BoolVarP(&f.diff, "diff", "d", false, "show what would change, as a unified diff")
	cmd.Flags().BoolVarP(&f.write, "write", "w", false, "write the result to the file")
	cmd.Flags().BoolVar(&f.check, "check", false, "fail if a file is not formatted; change nothing")
	return cmd
}

// one formats one file.
func (f *formatting) one(cmd *cobra.Command, file string) error {
	src, err := readFile(cmd, file)
	if err != nil {
		return err
	}
	text, issues := script.Format(src, file)
	if text == nil && issues.Err() != nil {
		f.broken++
		for _, i := range issues {
			if i.Severity == script.Error {
				fmt.Fprint(cmd.ErrOrStderr(), i.Format(func(string) []byte { return src }))
			}
		}
		return nil
	}
	changed := !bytes.Equal(src, text)
	if changed {
		f.loose = append(f.loose, file)
	}
	out := cmd.OutOrStdout()
	if f.list && changed {
		fmt.Fprintln(out, file)
	}
	if f.diff && changed {
		if _, err := out.Write(diff.Diff(file+".orig", src, file, text)); err != nil {
			return err
		}
	}
	switch {
	case f.write && changed:
		return replace(file, text)
	case f.list || f.diff || f.write || f.check:
		return nil
	}
	_, err = out.Write(text)
	return err
}

// result is the error of the whole run.
func (f *formatting) result(n int) error {
	switch {
	case f.broken > 0:
		return fmt.Errorf("fmt: %d of %d scripts have mistakes and were left as they are: mend what is shown above", f.broken, n)
	case f.check && len(f.loose) > 0:
		return fmt.Errorf("fmt: not formatted: %s; wardflow fmt -w formats them", strings.Join(f.loose, ", "))
	}
	return nil
}

// replace gives a file a new text, all of it or none.
func replace(file string, text []byte) error {
	file, err := filepath.EvalSymlinks(file)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	beside, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-")
	if err != nil {
		return err
	}
	_, err = beside.Write(text)
	err = errors.Join(err, beside.Chmod(info.Mode().Perm()), beside.Close())
	if err == nil {
		err = os.Rename(beside.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", file, err), os.Remove(beside.Name()))
	}
	return nil
}
