package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/apps/trial"
)

func benchDeployCommand() *cobra.Command {
	var out output
	var cfg trial.DeployConfig
	cmd := &cobra.Command{
		Use:   "deploy",
		Short: "Measure how soon an application of many actors runs",
		Long: `Measures how soon an application of many actors runs, on some nodes in processes
of their own on this host, three of which keep the register (one, of fewer than three). The time
begins with the request and ends when all actors run; and, apart from that, when
each link between two of them has brought a token.`,
		Example: "  wardflow bench deploy\n  wardflow bench deploy --actors 1000 --nodes 5 -o json",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if cfg.Exe, cfg.Args, err = benchArgs("host"); err != nil {
				return err
			}
			cfg.Progress = func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }
			res, err := trial.Deploy(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			return out.writeLine(cmd.OutOrStdout(), res, func(w io.Writer) {
				fmt.Fprintf(w, "%d actors ran on %d nodes after %.2f s; each link had brought a token after %.2f s.\n", res.Actors, res.Nodes, res.Seconds, res.LinkedS)
			})
		},
	}
	out.flag(cmd)
	cmd.Flags().IntVar(&cfg.Actors, "actors", 1000, "how many, over all nodes")
	cmd.Flags().IntVar(&cfg.Nodes, "nodes", 5, "how many")
	return cmd
}
