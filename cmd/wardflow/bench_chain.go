package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/apps/trial"
)

func benchChainCommand() *cobra.Command {
	var out output
	var cfg trial.ChainConfig
	cmd := &cobra.Command{
		Use:   "chain",
		Short: "Kill hosts that hold the chain of the rules together, and see what that does",
		Long: `Runs three nodes, in processes of their own on this host, that hold a chain
together, while transactions are sent by way of each. One host after the other is
killed (kill -9), in turn the one that makes the blocks and another, and brought
back. In the end one host's copy is deleted, which it has to fetch again, and every
transaction whose receipt was given is looked for on each.

  lost   transactions that were acknowledged and are not on each node
  gap    from a kill to the next receipt
  blind  the longest that a running node did not know the rules, and judged nothing`,
		Example: "  wardflow bench chain\n  wardflow bench chain --kills 3 -o json",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if cfg.Exe, cfg.Args, err = benchArgs("host"); err != nil {
				return err
			}
			cfg.Progress = func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }
			res, err := trial.Chain(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			return out.writeLine(cmd.OutOrStdout(), res, func(w io.Writer) {
				fmt.Fprintf(w, "%d hosts were killed; %d transactions were acknowledged, %d of them lost, in %d blocks.\n", res.Kills, res.Acknowledged, res.Lost, res.Blocks)
				fmt.Fprintf(w, "The next receipt came %.1f s after a kill at the median, %.1f s at most; a node that ran did not know the rules for %.1f s at most.\n", res.GapMedian, res.GapMax, res.BlindMax)
				fmt.Fprintf(w, "A host that had lost its copy had it again after %.1f s.\n", res.Refetch)
			})
		},
	}
	out.flag(cmd)
	cmd.Flags().IntVar(&cfg.Kills, "kills", 20, "how many times a host is killed")
	return cmd
}
