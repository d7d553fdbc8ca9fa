package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/doctor"
	"github.com/wardflow/wardflow/runtime/node"
)

// doctorCommand looks for what is wrong.
func doctorCommand() *cobra.Command {
	var to reach
	var out output
	var file string
	var all bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is wrong with a host or the cluster, and say how to mend it",
		Long: `Looks for what is wrong, and says of each thing how to mend it.

With --config it looks at this host with the eyes of the node whose file that is,
whether the node runs or not: the file, the ports, certificates and their keys, the
way to the other nodes (connection, handshake, clock), how fast the disk keeps what
it is given, memory, and how many files may be open.

Without it, it asks a running node about the whole cluster: nodes that are down,
clocks that differ, nodes that can't reach each other, the register's majority, the
chain of the rules and the checks that wait for it, certificates that end, disks,
memory, links that are refused.

The exit code is 1 if something is bad, and 0 when there are warnings at most.`,
		Example: `  wardflow doctor --config node.yaml
  wardflow doctor --context ward-3
  wardflow doctor -o json`,
		Args: takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.Flags().StringVar(&file, "config", "", "look at this host, for the node that this file configures: node.yaml")
	cmd.Flags().BoolVar(&all, "all", false, "show what is good, too")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if file != "" {
			return diagnose(cmd, out, all, node.Examine(cmd.Context(), file))
		}
		return ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
			found, err := askAll(ctx, c)
			if err != nil {
				return err
			}
			return diagnose(cmd, out, all, found)
		})(cmd, args)
	}
	if err := cmd.MarkFlagFilename("config", "yaml", "yml"); err != nil {
		panic(err) // the flag is not there: a mistake of ours
	}
	return cmd
}

// askAll asks a node about the cluster.
func askAll(ctx context.Context, c *control.Client) ([]doctor.Finding, error) {
	asked := time.Now()
	s, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	took := time.Since(asked)
	// The snapshot was made some time between the question and the answer.
	found := []doctor.Finding{doctor.Skew("this computer", asked.Add(took/2).Sub(s.At), took/2)}
	certs, err := c.Certificates(ctx)
	found = append(found, doctor.Cluster(s, certs)...)
	if err != nil {
		found = append(found, doctor.Skip("certificate", string(s.Node), err.Error()))
	}
	return found, nil
}

// diagnose shows what was found.
func diagnose(cmd *cobra.Command, out output, all bool, found []doctor.Finding) error {
	r := doctor.Reported(control.APIVersion, found)
	if err := out.write(cmd.OutOrStdout(), r, func(w io.Writer) { showReport(w, r, all) }); err != nil {
		return err
	}
	if r.Bad > 0 {
		return fmt.Errorf("%s", r.Sentence())
	}
	return nil
}

var findingColours = map[doctor.State]string{doctor.Bad: bad, doctor.Warning: soon}

// showReport is what is not good, each with what to do; and how much was good.
func showReport(w io.Writer, r doctor.Report, all bool) {
	wide, fine := 0, 0
	for _, f := range r.Items {
		wide = max(wide, len(f.Check))
	}
	for _, f := range r.Items {
		if f.State == doctor.Good && !all {
			fine++
			continue
		}
		fmt.Fprintf(w, "%s  %-*s  %s: %s\n", colour(w, findingColours[f.State], fmt.Sprintf("%-7s", f.State)), wide, f.Check, inCell(f.About), inCell(f.Found))
		if f.Mend != "" {
			fmt.Fprintf(w, "%*s  mend: %s\n", 9+wide, "", inCell(f.Mend))
		}
	}
	if fine > 0 {
		what, them := "checks are", "them"
		if fine == 1 {
			what, them = "check is", "it"
		}
		fmt.Fprintf(w, "%d %s good: --all shows %s\n", fine, what, them)
	}
	if r.Bad == 0 {
		fmt.Fprintln(w, r.Sentence())
	}
}
