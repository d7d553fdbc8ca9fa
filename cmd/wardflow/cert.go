package main

import "github.com/spf13/cobra"

// certCommand looks after certificates; whose authority made them, it does not need.
func certCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "cert",
		Short:   "List, show and renew certificates",
		Example: "  wardflow cert list\n  wardflow cert show bedside\n  wardflow cert renew monitor",
		RunE:    onlySubcommands,
	}
	show := caShowCommand()
	show.Example = "  wardflow cert show bedside"
	cmd.AddCommand(certListCommand(), show, certRenewCommand())
	return cmd
}
