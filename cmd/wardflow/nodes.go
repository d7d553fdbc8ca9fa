package main

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// nodeListCommand lists the nodes of the cluster, under "node".
func nodeListCommand() *cobra.Command {
	var to reach
	var out output
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the nodes: which are up, where they stand, what they offer",
		Example: "  wardflow node list",
		Args:    takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
		s, err := c.Snapshot(ctx)
		if err != nil {
			return err
		}
		return out.write(cmd.OutOrStdout(), control.List[control.NodeState]{APIVersion: control.APIVersion, Items: s.Nodes}, func(w io.Writer) {
			actors := map[flow.NodeID]int{}
			for _, a := range s.Actors {
				actors[a.Node]++
			}
			t := table{head: []string{"NODE", "STATE", "SINCE", ">ACTORS", "ATTRIBUTES", "OFFERS"}}
			for _, n := range s.Nodes {
				state := "up"
				if !n.Up {
					state = "down"
				}
				if n.Why != "" {
					state += ": " + n.Why
				}
				t.add(n.ID, state, n.Since.UTC().Format(time.DateTime), actors[n.ID], attributes(n.Attributes), strings.Join(n.Capabilities, ","))
			}
			t.write(w)
		})
	})
	return cmd
}

// attributes are written as rules name them: address.floor=3.
func attributes(a flow.Attributes) string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(a)) {
		for _, field := range slices.Sorted(maps.Keys(a[kind])) {
			parts = append(parts, kind+"."+field+"="+a[kind][field])
		}
	}
	return strings.Join(parts, " ")
}
