package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// checkCommand is wardflow check. Types are the actor types that scripts may use.
func checkCommand(types func() flow.Types) *cobra.Command {
	var verbose, asJSON bool
	var from sources
	var args constants
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Look for mistakes in scripts",
		Long: "Look for mistakes in scripts without running them. Every mistake is shown with its\n" +
			"place, its code and what to do about it; - reads standard input. wardflow explain CODE\n" +
			"tells more. Warnings are shown as well, and keep no script from running.",
		Example: "  wardflow check ward.calvin\n  wardflow check --json ward.calvin",
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) == 0 {
				return usageError{errors.New("check: want FILE...: see wardflow check --help")}
			}
			bad := 0
			all := script.Issues{}
			for _, file := range files {
				f, err := from.load(cmd, file)
				if err != nil {
					return fmt.Errorf("check: %w", err)
				}
				o := build(f, types(), script.WithArgs(args))
				if o.Graph == nil {
					bad++
				}
				if asJSON {
					all = append(all, o.Issues...)
					continue
				}
				showIssues(cmd.ErrOrStderr(), f, o.Issues, verbose)
				if o.Graph != nil {
					fmt.Fprintf(cmd.OutOrStdout(), "%s: %d actors, %d links%s\n", file, len(o.Graph.Actors), len(o.Graph.Links), tests(len(o.Tests)))
				}
			}
			if asJSON {
				if err := writeIssueList(cmd.OutOrStdout(), all, verbose); err != nil {
					return fmt.Errorf("check: %w", err)
				}
			}
			if bad > 0 {
				return fmt.Errorf("check: %d of %d scripts have mistakes: mend what is shown above", bad, len(files))
			}
			return nil
		},
	}
	from.flags(cmd)
	args.flag(cmd)
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "also show notes, such as arguments left to their defaults")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write what is wrong to standard output, as a JSON list")
	return cmd
}

func tests(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", 1 test"
	}
	return fmt.Sprintf(", %d tests", n)
}

// writeIssueList writes issues as a JSON list. Notes are left out unless it is
// verbose.
func writeIssueList(w io.Writer, issues script.Issues, verbose bool) error {
	list := script.Issues{}
	for _, i := range issues {
		if i.Severity != script.Note || verbose {
			list = append(list, i)
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(list)
}
