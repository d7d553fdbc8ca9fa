package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/script"
)

// checkCommand is wardflow check. Types are the actor types that scripts may use.
func checkCommand(types func() flow.Types) *cobra.Command {
	var verbose bool
	var from sources
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Look for mistakes in scripts",
		Long: "Look for mistakes in scripts without running them. Every mistake is shown with its\n" +
			"place and what to do about it; - reads standard input.",
		Example: "  wardflow check ward.calvin",
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) == 0 {
				return usageError{errors.New("check: want FILE...: see wardflow check --help")}
			}
			bad := 0
			for _, file := range files {
				g, _, err := from.compile(cmd, file, types(), verbose)
				if err != nil && !errors.Is(err, errMistakes) {
					return fmt.Errorf("check: %w", err)
				}
				if err != nil {
					bad++
					continue
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d actors, %d links\n", file, len(g.Actors), len(g.Links))
			}
			if bad > 0 {
				return fmt.Errorf("check: %d of %d scripts have mistakes: mend what is shown above", bad, len(files))
			}
			return nil
		},
	}
	from.flags(cmd)
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "also show notes, such as arguments left to their defaults")
	return cmd
}

// compileCommand is wardflow compile. Types are the actor types that scripts may use.
func compileCommand(types func() flow.Types) *cobra.Command {
	var format, name string
	var from sources
	cmd := &cobra.Command{
		Use:     "compile FILE",
		Short:   "Compile a script and print what would be deployed",
		Example: "  wardflow compile ward.calvin -o json",
		Args:    takes(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "json" {
				return usageError{fmt.Errorf("compile: -o %s: the format is json", format)}
			}
			var opts []script.Option
			if name != "" {
				opts = append(opts, script.WithApp(name))
			}
			g, specs, err := from.compile(cmd, args[0], types(), false, opts...)
			if errors.Is(err, errMistakes) {
				return fmt.Errorf("compile %s: %w: mend what is shown above", args[0], err)
			}
			if err != nil {
				return fmt.Errorf("compile: %w", err)
			}
			out, err := script.Deployable(g, specs)
			if err != nil {
				return fmt.Errorf("compile %s: %w", args[0], err)
			}
			_, err = cmd.OutOrStdout().Write(out)
			return err
		},
	}
	from.flags(cmd)
	cmd.Flags().StringVarP(&format, "output", "o", "json", "format: json, as Calvin's compiler prints it")
	cmd.Flags().StringVar(&name, "name", "", "name of the application (default: the file's name without its extension)")
	return cmd
}
