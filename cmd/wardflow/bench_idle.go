package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/apps/trial"
)

func benchIdleCommand() *cobra.Command {
	var out output
	var cfg trial.IdleConfig
	cmd := &cobra.Command{
		Use:   "idle",
		Short: "Measure what idle actors cost on a node",
		Long: `Measures what idle actors cost on one node, in a process of its own: memory and
processor with them, less what the node takes without them. Half of them are
linked to the other half; each link has carried one token, and then nothing
happens any more. Memory is heap and stacks, garbage collected; what the links
and the register take for them is in it.`,
		Example: "  wardflow bench idle\n  wardflow bench idle -o json",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if cfg.Exe, cfg.Args, err = benchArgs("host"); err != nil {
				return err
			}
			cfg.Progress = func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }
			res, err := trial.Idle(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			return out.writeLine(cmd.OutOrStdout(), res, func(w io.Writer) {
				fmt.Fprintf(w, "%d idle actors take %.0f bytes and %.3f goroutines each, and %.2f %% of one processor together;\n", res.Actors, res.BytesEach, res.GoroutineEach, res.CPUPercent)
				fmt.Fprintf(w, "the node without them takes %.2f %%. They all ran %.2f s after they were deployed.\n", res.EmptyPercent, res.DeployS)
			})
		},
	}
	out.flag(cmd)
	cmd.Flags().IntVar(&cfg.Actors, "actors", 10_000, "how many")
	cmd.Flags().DurationVar(&cfg.Over, "over", 0, "how long the processor is watched (default 10s)")
	return cmd
}

// benchHostCommand is a process that runs a node for a trial.
func benchHostCommand() *cobra.Command {
	return &cobra.Command{Use: "host", Hidden: true, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		roomToBreathe() // as any node
		return trial.Host(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
	}}
}
