package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/script"
)

// How errors are told: what, where, why, and how to mend it.

// tell writes an error for people. What stands in further lines is how to mend
// it; a command line that can't be understood is explained by the help.
func tell(w io.Writer, cmd *cobra.Command, err error, code int) {
	switch code {
	case exitDiffers:
		return // the result has said so
	case exitInterrupted:
		fmt.Fprintln(w, "wardflow: interrupted")
		return
	}
	text := still(strings.ReplaceAll(err.Error(), "\t", "  ")) // a node may have said it, or a script
	if code == exitUsage && cmd != nil && !strings.Contains(text, "--help") {
		text += "\n  see " + cmd.CommandPath() + " --help"
	}
	what, mend, more := strings.Cut(text, "\n")
	fmt.Fprintf(w, "%s %s\n", colour(w, bad, "wardflow:"), what)
	if more {
		fmt.Fprintln(w, mend)
	}
}

// flagError is a flag that a command does not have, or a value that it does not
// take.
func flagError(cmd *cobra.Command, err error) error {
	if args := cmd.Flags().Args(); cmd.HasSubCommands() && len(args) > 0 {
		return onlySubcommands(cmd, args) // the flag may be one of the command that was meant
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && len(unknown.GetSpecifiedName()) > 1 {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		})
		if near := script.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			err = fmt.Errorf("%w: did you mean --%s?", err, near)
		}
	}
	return usageError{err}
}

// mend adds to an error what can be done about it.
func mend(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, control.ErrUntrusted):
		return fmt.Errorf("%w\n  --trust must hold the authorities of the node's hospital, and --node must be a node's control address", err)
	case errors.Is(err, control.ErrUnreachable):
		return fmt.Errorf("%w\n  is it running? `wardflow node run` starts one; --node names another", err)
	}
	return err
}
