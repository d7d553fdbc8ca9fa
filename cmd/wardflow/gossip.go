package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
)

// gossipCommand looks after how nodes find each other.
func gossipCommand() *cobra.Command {
	var to reach
	cmd := &cobra.Command{
		Use:     "gossip",
		Short:   "Look after how the nodes find each other",
		Example: "  wardflow gossip rotate",
		RunE:    onlySubcommands,
	}
	to.flags(cmd)
	cmd.AddCommand(gossipRotateCommand(&to))
	return cmd
}

func gossipRotateCommand(to *reach) *cobra.Command {
	return &cobra.Command{
		Use:   "rotate",
		Short: "Give gossip a new key",
		Long: `Gives gossip a new key: every node learns it, then all use it, then the old one is
forgotten. Nobody is cut off meanwhile; a node that was down gets the new key
from any other when it comes back, for its certificate.`,
		Example: "  wardflow gossip rotate",
		Args:    takes(0, "nothing but flags"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
			if err := c.Rotate(ctx); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "the nodes are given a new gossip key")
			return nil
		}),
	}
}
