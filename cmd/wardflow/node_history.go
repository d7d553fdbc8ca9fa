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

// nodeHistoryCommand tells how the nodes have been, under "node".
func nodeHistoryCommand() *cobra.Command {
	var to reach
	var out output
	var since time.Duration
	cmd := &cobra.Command{
		Use:   "history [NODE]",
		Short: "Tell how the nodes have been: up, suspected, down, leading",
		Long: `Tells how the nodes of the cluster have been, as the node that is asked has seen them,
oldest first: since when each was up, suspected, drained or down, who led the register,
and when there was no majority. It is kept for 7 days, and over restarts of the node;
while that did not run, it saw nothing.`,
		Example: "  wardflow node history\n  wardflow node history bedside --since 2h",
		Args:    takesFrom(0, 1, "a node, or nothing"),
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.Flags().DurationVar(&since, "since", 0, "only what was so in the last so much time, such as 2h")
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
		line, err := c.Timeline(ctx)
		if err != nil {
			return err
		}
		line.Spans = slices.DeleteFunc(line.Spans, func(s control.Span) bool {
			return len(args) == 1 && s.Node != flow.NodeID(args[0]) || since > 0 && !s.Until.IsZero() && line.At.Sub(s.Until) > since
		})
		none := "the node that is asked has seen nothing in that time"
		if len(args) == 1 {
			none = fmt.Sprintf("the node that is asked has seen nothing of a node %s in that time: `wardflow node list` shows the nodes", args[0])
		}
		return out.list(cmd, line, historyTable(line), none)
	})
	return cmd
}

func historyTable(line *control.Timeline) *table {
	t := &table{head: []string{"FROM", "UNTIL", ">FOR", "NODE", "WAS", "WHY"}}
	for _, s := range line.Spans {
		until, end := "now", line.At
		if !s.Until.IsZero() {
			until, end = when(s.Until), s.Until
		}
		node := string(s.Node)
		if node == "" {
			node = "all"
		}
		t.add(when(s.From), until, end.Sub(s.From).Round(time.Second), node, s.State, s.Why)
	}
	return t
}
