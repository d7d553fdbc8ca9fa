package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/lsp"
	"github.com/wardflow/wardflow/runtime/script"
)

// lspCommand is wardflow lsp. Types are the actor types that scripts may use.
func lspCommand(types func() flow.Types) *cobra.Command {
	var from sources
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Help an editor with scripts",
		Long: "Speak the Language Server Protocol on standard input and output, for an editor that starts\n" +
			"this command: what is wrong, what could stand here, what a name means and where it is used.\n" +
			"apps/editor is the extension for VS Code; other editors need this command line only.",
		Example: "  wardflow lsp\n  wardflow lsp -I ../lib",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			all := types()
			cfg := lsp.Config{Types: script.TypesOf(all), Names: script.NamesOf(all), Includes: from.dirs}
			ended := make(chan error, 1)
			go func() { ended <- lsp.Serve(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cfg) }()
			select {
			case err := <-ended:
				if err != nil {
					return fmt.Errorf("lsp: %w", err)
				}
				return nil
			case <-cmd.Context().Done(): // a read of standard input can't be stopped; the process can
				return fmt.Errorf("lsp: %w", context.Cause(cmd.Context()))
			}
		},
	}
	from.flags(cmd)
	// Editors say how they want to speak; there is one way.
	cmd.Flags().Bool("stdio", true, "speak on standard input and output")
	_ = cmd.Flags().MarkHidden("stdio")
	return cmd
}
