package main

import (
	"context"
	"fmt"
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
		s, err := snapshot(ctx, c, cmd)
		if err != nil {
			return err
		}
		return out.write(cmd.OutOrStdout(), control.List[control.NodeState]{APIVersion: control.APIVersion, Items: s.Nodes}, func(w io.Writer) {
			actors := map[flow.NodeID]int{}
			for _, a := range s.Actors {
				actors[a.Node]++
			}
			t := table{head: []string{"NODE", "STATE", "SINCE", "VOTE", "ZONE", "LOAD", ">ACTORS", "ATTRIBUTES", "OFFERS"}}
			for _, n := range s.Nodes {
				t.add(n.ID, nodeState(n), n.Since.UTC().Format(time.DateTime), vote(n), n.Zone, load(n.Load), actors[n.ID], attributes(n.Attributes), offers(n.Capabilities))
			}
			t.write(w)
		})
	})
	return cmd
}

// nodeState is how a node is, with the worst first.
func nodeState(n control.NodeState) string {
	state := n.Condition()
	if n.Why != "" {
		state += ": " + n.Why
	}
	return state
}

func vote(n control.NodeState) string {
	switch {
	case n.Leads:
		return "leads"
	case n.Voter:
		return "votes"
	}
	return ""
}

// load is how busy a node is, in processors and memory: "25% of 4 cores, 50% of
// 8.6 GB", or the shares alone where its size is not known.
func load(l *control.NodeLoad) string {
	if l == nil {
		return ""
	}
	cpu, memory := fmt.Sprintf("%.0f%% of its cores", 100*l.CPUUsed), fmt.Sprintf("%.0f%% of its memory", 100*l.MemoryUsed)
	if l.Cores > 0 {
		cpu = fmt.Sprintf("%.0f%% of %s", 100*l.CPUUsed, cores(l.Cores))
	}
	if l.Memory > 0 {
		memory = fmt.Sprintf("%.0f%% of %s", 100*l.MemoryUsed, size(l.Memory))
	}
	return cpu + ", " + memory
}

func cores(n float64) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%.3g cores", n)
}

// offers are capabilities, with many of one kind as one: identity.* (15). `node
// show` has each.
func offers(all []string) string {
	of := map[string]int{}
	kind := func(c string) string { k, _, _ := strings.Cut(c, "."); return k }
	for _, c := range all {
		of[kind(c)]++
	}
	var parts []string
	for _, c := range all {
		switch n := of[kind(c)]; {
		case n > 3:
			parts = append(parts, fmt.Sprintf("%s.* (%d)", kind(c), n))
			of[kind(c)] = 0
		case n > 0:
			parts = append(parts, c)
		}
	}
	return strings.Join(parts, ",")
}

// shownApart are the kinds of attributes that have columns of their own.
var shownApart = []string{"zone", "cpuTotal", "memTotal", "cpuAvail", "memAvail"}

// attributes are written as rules name them: address.floor=3.
func attributes(a flow.Attributes) string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(a)) {
		if slices.Contains(shownApart, kind) {
			continue
		}
		for _, field := range slices.Sorted(maps.Keys(a[kind])) {
			parts = append(parts, kind+"."+field+"="+a[kind][field])
		}
	}
	return strings.Join(parts, " ")
}
