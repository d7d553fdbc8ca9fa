package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// nodeDrainCommand sends a node's actors elsewhere, under "node".
func nodeDrainCommand() *cobra.Command {
	var to reach
	var p patience
	cmd := &cobra.Command{
		Use:   "drain NODE",
		Short: "Send a node's actors elsewhere, without losing a token, and place none there",
		Long: `Sends the actors of a node to others that are fit, one after the other; each
takes its state and its tokens along. Nothing is placed on the node until
` + "`wardflow node undrain`" + `. What fits nowhere else stays where it is, and says why.`,
		Example: "  wardflow node drain bedside --wait",
		Args:    takes(1, "a node"),
	}
	to.flags(cmd)
	p.flagsFor(cmd, "its actors run elsewhere", 5*time.Minute)
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
		node := flow.NodeID(args[0])
		before, err := c.Snapshot(ctx)
		if err != nil {
			return err
		}
		if err := c.Drain(ctx, node, true); err != nil {
			return err
		}
		e := newExodus(before, node)
		if !p.wait {
			fmt.Fprintf(cmd.OutOrStdout(), "%s is being drained of %s; `wardflow node list` shows how far it is\n", node, count(len(e.from), "actor"))
			return nil
		}
		if err := p.watch(ctx, c, cmd, e.see); err != nil {
			return err
		}
		return e.result(cmd.OutOrStdout())
	})
	return cmd
}

// nodeUndrainCommand lets actors be placed on a node again, under "node".
func nodeUndrainCommand() *cobra.Command {
	var to reach
	cmd := &cobra.Command{
		Use:     "undrain NODE",
		Short:   "Let actors be placed on a drained node again",
		Long:    "Lets actors be placed on a drained node again. Those that left it stay where they are now.",
		Example: "  wardflow node undrain bedside",
		Args:    takes(1, "a node"),
	}
	to.flags(cmd)
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
		if err := c.Drain(ctx, flow.NodeID(args[0]), false); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s takes actors again\n", args[0])
		return nil
	})
	return cmd
}

// An exodus follows the actors of one node to where they go.
type exodus struct {
	node flow.NodeID
	from map[flow.ActorID]bool // that were or came there
	stay []control.ActorState  // that fit nowhere else
	gone bool                  // the node itself has
}

func newExodus(s *control.Snapshot, node flow.NodeID) *exodus {
	e := &exodus{node: node, from: map[flow.ActorID]bool{}}
	e.gather(s)
	return e
}

func (e *exodus) gather(s *control.Snapshot) {
	for _, a := range s.Actors {
		if a.Node == e.node {
			e.from[a.ID] = true
		}
	}
}

// see says how many have arrived elsewhere. All is done when nobody is left
// but who must stay, and all others run again, or wait for a node as shadows.
func (e *exodus) see(s *control.Snapshot) (string, bool) {
	e.gather(s)
	e.stay = nil
	arrived, under := 0, 0
	left := len(e.from)
	for _, a := range s.Actors {
		switch {
		case !e.from[a.ID]:
			continue
		case a.Node == e.node && a.Stays != "":
			e.stay = append(e.stay, a)
		case a.Node == e.node:
			under++
		case a.State == control.Starting:
		default:
			arrived++
		}
		left--
	}
	arrived += left // they were stopped meanwhile, by somebody else
	said := fmt.Sprintf("%s: %d of %d actors run elsewhere", e.node, arrived, len(e.from))
	if under > 0 {
		said += fmt.Sprintf(", %d still here", under)
	}
	if len(e.stay) > 0 {
		said += fmt.Sprintf(", %d fit nowhere else", len(e.stay))
	}
	return said, under == 0 && arrived+len(e.stay) == len(e.from)
}

// result tells of those that stay, which is an error: the host can't be taken
// down yet.
func (e *exodus) result(w io.Writer) error {
	if len(e.stay) == 0 {
		fmt.Fprintf(w, "%s is drained: %s run elsewhere\n", e.node, count(len(e.from), "actor"))
		return nil
	}
	return fmt.Errorf("%s is drained but for %s, for which no other node is fit:\n  %s", e.node, count(len(e.stay), "actor"), strings.Join(e.stays(), "\n  "))
}

func (e *exodus) stays() []string {
	var lines []string
	for _, a := range e.stay {
		lines = append(lines, fmt.Sprintf("%s: %s", a.ID, a.Stays))
	}
	return lines
}
