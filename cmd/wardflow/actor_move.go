package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

func actorMoveCommand(to *reach) *cobra.Command {
	var p patience
	var anywhere bool
	cmd := &cobra.Command{
		Use:   "move ACTOR NODE",
		Short: "Move a running actor to a node, with its state and tokens",
		Long: `Moves a running actor to a node, with its state and its tokens, and without losing
or repeating one. It stays there as long as that node is fit for it; with
--anywhere instead of a node, placement decides again.`,
		Example: "  wardflow actor move ward:bed1:check records --wait\n  wardflow actor move ward:bed1:check --anywhere",
		Args: func(cmd *cobra.Command, args []string) error {
			if anywhere {
				return takes(1, "an actor, as APP:NAME, and no node with --anywhere")(cmd, args)
			}
			return takes(2, "an actor, as APP:NAME, and a node")(cmd, args)
		},
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			id := flow.ActorID(args[0])
			if anywhere {
				if err := c.Move(ctx, id, ""); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s may run anywhere that is fit\n", id)
				return nil
			}
			node := flow.NodeID(args[1])
			if err := c.Move(ctx, id, node); err != nil {
				return err
			}
			if !p.wait {
				fmt.Fprintf(cmd.OutOrStdout(), "%s moves to %s\n", id, node)
				return nil
			}
			if err := p.watch(ctx, c, cmd, arrival(id, node)); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s runs on %s\n", id, node)
			return nil
		}),
	}
	cmd.Flags().BoolVar(&anywhere, "anywhere", false, "let placement decide again where it runs")
	p.flags(cmd, "it runs there")
	return cmd
}

// arrival waits for an actor to run on a node.
func arrival(id flow.ActorID, node flow.NodeID) func(*control.Snapshot) (string, bool) {
	return func(s *control.Snapshot) (string, bool) {
		for _, a := range s.Actors {
			if a.ID == id {
				return fmt.Sprintf("%s is %s on %s", id, a.State, or(string(a.Node), "no host")), a.Node == node && a.State == control.Running
			}
		}
		return fmt.Sprintf("%s is not there any more", id), false
	}
}

func actorScaleCommand(to *reach) *cobra.Command {
	var p patience
	cmd := &cobra.Command{
		Use:   "scale ACTOR REPLICAS",
		Short: "Say how many replicas of an actor run",
		Long: `Says how many replicas of an actor run, if its script gives it the rule
manual_scaling. Those that are too many get nothing new, finish what they hold,
and go.`,
		Example: "  wardflow actor scale ward:check 3 --wait",
		Args:    takes(2, "an actor, as APP:NAME, and how many replicas of it"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			n, err := strconv.Atoi(args[1])
			if err != nil || n < 1 || n > control.MaxReplicas {
				return usageError{fmt.Errorf("%s replicas: want a number from 1 to %d", args[1], control.MaxReplicas)}
			}
			id := flow.ActorID(args[0])
			if err := c.Scale(ctx, id, n); err != nil {
				return err
			}
			if p.wait {
				if err := p.watch(ctx, c, cmd, replicas(id, n)); err != nil {
					return err
				}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", id, count(n, "replica"))
			return nil
		}),
	}
	p.flags(cmd, "so many run, and no more")
	return cmd
}

// replicas waits until so many of an actor run and none is ending.
func replicas(of flow.ActorID, want int) func(*control.Snapshot) (string, bool) {
	return func(s *control.Snapshot) (string, bool) {
		running, ending, others := 0, 0, 0
		for _, a := range s.Actors {
			switch {
			case a.ID != of && (a.Replica == nil || a.Replica.Of != of):
			case a.Replica != nil && a.Replica.Ending:
				ending++
			case a.State == control.Running:
				running++
			default:
				others++
			}
		}
		said := fmt.Sprintf("%s: %d of %s run", of, running, count(want, "replica"))
		if ending > 0 {
			said += fmt.Sprintf(", %d finishing what it holds", ending)
		}
		return said, running == want && ending == 0 && others == 0
	}
}
