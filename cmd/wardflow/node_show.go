package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
)

// A nodeView is a node with the actors that it runs.
type nodeView struct {
	APIVersion string `json:"apiVersion"`
	control.NodeState
	Actors []control.ActorState `json:"actors"`
}

// nodeShowCommand tells all about one node, under "node".
func nodeShowCommand() *cobra.Command {
	var to reach
	var out output
	cmd := &cobra.Command{
		Use:   "show NODE",
		Short: "Show one node: how it does, what it offers, what it runs, how it finds the others",
		Long: `Shows one node: whether it is up and since when, its load, disk and clock, what it
offers, the actors it runs, and how far the other nodes are from it.`,
		Example: "  wardflow node show bedside",
		Args:    takes(1, "a node"),
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
		s, err := snapshot(ctx, c, cmd)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(s.Nodes, func(n control.NodeState) bool { return string(n.ID) == args[0] })
		if i < 0 {
			return missing(s, "node", args[0])
		}
		v := nodeView{control.APIVersion, s.Nodes[i], []control.ActorState{}}
		for _, a := range s.Actors {
			if a.Node == v.ID {
				v.Actors = append(v.Actors, a)
			}
		}
		return out.write(cmd.OutOrStdout(), v, func(w io.Writer) { showNode(w, &v) })
	})
	return cmd
}

func showNode(w io.Writer, v *nodeView) {
	n := v.NodeState
	var s sheet
	s.add("node", n.ID)
	s.add("state", nodeState(n))
	s.add("since", stamp(n.Since))
	s.add("zone", n.Zone)
	s.add("register", vote(n))
	s.add("load", load(n.Load))
	showFacts(&s, n.Facts)
	s.add("attributes", attributes(n.Attributes))
	s.add("offers", strings.Join(n.Capabilities, ", "))
	s.write(w)
	actors := &table{head: []string{"ACTOR", "TYPE", "STATE", ">RATE", ">ERRORS", "REMARKS"}}
	for _, a := range v.Actors {
		actors.add(a.ID, a.Type, a.State, perSecond(a.PerSecond), a.Errors, strings.Join(remarks(a), "; "))
	}
	section(w, "runs", actors)
	if n.Facts == nil {
		return
	}
	peers := &table{head: []string{"PEER", ">ROUND TRIP", ">CLOCK AHEAD", "REMARKS"}}
	for _, p := range n.Facts.Peers {
		peers.add(p.Node, seconds(p.RTT), skew(p.Skew), p.Why)
	}
	section(w, "finds", peers)
}

func showFacts(s *sheet, f *control.NodeFacts) {
	if f == nil {
		return
	}
	s.add("program", f.Version)
	s.addf("process", "%.2f of %s, %s, %s, started %s", f.ProcessCPU, cores(f.Cores), size(f.Resident), count(f.Goroutines, "goroutine"), stamp(f.Started))
	if f.MaxFiles > 0 {
		s.addf("files", "%d open of %d", f.Files, f.MaxFiles)
	}
	if f.Disk > 0 {
		s.addf("disk", "%s free of %s", size(f.DiskFree), size(f.Disk))
	}
	if f.Syncs > 0 {
		s.addf("disk sync", "99 in 100 within %s", seconds(f.SyncSlowest))
	}
	if len(f.Peers) > 0 {
		s.add("clock", skew(f.Skew))
	}
}

// skew says how far a clock is from its peers', by which it can be told: they
// measure to about a millisecond.
func skew(s float64) string {
	d := time.Duration(s * float64(time.Second)).Round(time.Millisecond)
	switch {
	case d > 0:
		return d.String() + " ahead of its peers'"
	case d < 0:
		return (-d).String() + " behind its peers'"
	}
	return "as its peers'"
}
