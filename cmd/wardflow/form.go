package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// A form is the value of -o of a command that begins with another form than a
// table, or has more of them: pictures.
type form struct {
	output
	more []string
}

// flag gives the command -o with the forms that all commands have and more.
func (f *form) flag(cmd *cobra.Command, begin output, more ...string) {
	f.output, f.more = begin, more
	cmd.Flags().VarP(f, "output", "o", "how to write the result: "+f.forms())
	mustComplete(cmd, "output", f.all())
}

func (f *form) all() []string { return slices.Concat(f.more, outputs) }

// forms are all of them in words: "svg, table or json".
func (f *form) forms() string {
	all := f.all()
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " or " + all[last]
}

func (f *form) Set(s string) error {
	if !slices.Contains(f.all(), s) {
		return fmt.Errorf("want %s", f.forms())
	}
	f.output = output(s)
	return nil
}
