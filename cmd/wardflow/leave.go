package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// nodeLeaveCommand takes a node out of the cluster, under "node".
func nodeLeaveCommand() *cobra.Command {
	var to reach
	var p patience
	cmd := &cobra.Command{
		Use:   "leave NODE",
		Short: "Take a node out of the cluster for good",
		Long: `Takes a node out of the cluster for good: it is drained, gives up its vote, and
goes from the list of nodes. Its process can be stopped then. A node that is
down, and will not come back, can be taken out as well.`,
		Example: "  wardflow node leave bedside --wait",
		Args:    takes(1, "a node"),
	}
	to.flags(cmd)
	p.flagsFor(cmd, "it has left", 5*time.Minute)
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
		node := flow.NodeID(args[0])
		before, err := c.Snapshot(ctx)
		if err != nil {
			return err
		}
		if err := c.Leave(ctx, node); err != nil {
			return err
		}
		if !p.wait {
			fmt.Fprintf(cmd.OutOrStdout(), "%s is leaving; do not stop it before `wardflow node list` has it no more\n", node)
			return nil
		}
		e := newExodus(before, node)
		if err := p.watch(ctx, c, cmd, e.leave); err != nil {
			return err
		}
		if !e.gone {
			return e.result(cmd.OutOrStdout())
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s has left\n", node)
		return nil
	})
	return cmd
}

// leave is see for a node that is to go itself: actors that must stay hold it.
func (e *exodus) leave(s *control.Snapshot) (string, bool) {
	said, moved := e.see(s)
	if !slices.ContainsFunc(s.Nodes, func(n control.NodeState) bool { return n.ID == e.node }) {
		e.gone = true
		return fmt.Sprintf("%s has left", e.node), true
	}
	if moved && len(e.stay) == 0 {
		said += "; it gives up its place"
	}
	return said, moved && len(e.stay) > 0
}
