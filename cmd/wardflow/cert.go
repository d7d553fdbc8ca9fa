package main

import "github.com/spf13/cobra"

// certCommand looks at certificates; whose authority made them, it does not need.
func certCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "cert",
		Short:   "Show certificates",
		Example: "  wardflow cert show bedside",
		RunE:    onlySubcommands,
	}
	show := caShowCommand()
	show.Example = "  wardflow cert show bedside"
	cmd.AddCommand(show)
	return cmd
}
