package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/apps/trial"
)

func benchFailoverCommand() *cobra.Command {
	var out output
	var cfg trial.FailoverConfig
	cmd := &cobra.Command{
		Use:   "failover",
		Short: "Kill the hosts of a ward, move its actors, and see what that does",
		Long: `Runs a ward on three nodes, in processes of their own on this host: all three keep
the register and a copy of the store, and every actor may run on each. Its devices
are outside of them. A reading is one sample of a wave; a device signs some of them
together (P-256; --batch), and so they travel and are stored as one. A collector
verifies them and signs windows with the patient's card, a rule check judges them by
the chain's rules, a store verifies, judges and keeps them, all over links with the
actors' certificates.

First actors of each kind are moved while readings flow; then one host after the
other is killed (kill -9) and brought back when the flow has resumed. A device
notes what it is told to be settled. In the end every copy of the store is compared
with that.

  lost        signed readings acknowledged to a device and not in a copy of the
              store, or left out before others that are
  duplicated  that a copy holds, or was brought, twice
  resume      the longest that a reading made in the second after a kill had to
              wait until its device was told that it is stored
  pause       how much longer than usual: the longest such wait from the request to
              move an actor until a second after it ran there, of those whose
              readings it handles, less the median in the second before`,
		Example: "  wardflow bench failover\n  wardflow bench failover --kills 3 --rate 1000 -o json",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if cfg.Exe, cfg.Args, err = benchArgs("host"); err != nil {
				return err
			}
			cfg.Progress = func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }
			res, err := trial.Failover(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			return out.writeLine(cmd.OutOrStdout(), res, func(w io.Writer) { showFailover(w, res) })
		},
	}
	out.flag(cmd)
	cmd.Flags().IntVar(&cfg.Rate, "rate", 5000, "readings a second, of all devices together")
	cmd.Flags().IntVar(&cfg.Batch, "batch", 10, "readings that a device signs together")
	cmd.Flags().IntVar(&cfg.Beds, "beds", 5, "each with a collector and a rule check")
	cmd.Flags().IntVar(&cfg.Each, "devices", 4, "at each bed")
	cmd.Flags().IntVar(&cfg.Kills, "kills", 6, "how many times a host is killed, in turn")
	cmd.Flags().IntVar(&cfg.Moves, "moves", 12, "how many times an actor is moved, of each kind in turn")
	return cmd
}

func showFailover(w io.Writer, res trial.FailoverResult) {
	fmt.Fprintf(w, "%d signed readings were made, %d acknowledged (%.0f samples a second), %d stored in each copy at least.\n", res.Made, res.Acked, res.Rate, res.Stored)
	fmt.Fprintf(w, "%d lost, %d duplicated.\n", res.Lost, res.Duplicated)
	for _, n := range res.Notes {
		fmt.Fprintf(w, "  %s\n", n)
	}
	fmt.Fprintf(w, "%d hosts were killed: the flow resumed after %.0f ms at the median, %.0f ms at most.\n", res.Kills, res.ResumeMedian, res.ResumeMax)
	fmt.Fprintf(w, "%d actors were moved: a pause of %.0f ms at the median, %d ms at most.\n", res.Moves, res.MovePauseMS, res.MoveMax.Milliseconds())
	fmt.Fprintf(w, "In a calm second an acknowledgement took %d ms at the median, %d ms at most.\n", res.Usual.Milliseconds(), res.UsualMost.Milliseconds())
}
