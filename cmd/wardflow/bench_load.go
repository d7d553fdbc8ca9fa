package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/apps/trial"
)

func benchLoadCommand() *cobra.Command {
	var out output
	var cfg trial.LoadConfig
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Measure how long simultaneous requests wait until they are answered, and anchored",
		Long: `Does the classic experiment again: 10, 100 and 1,000 devices bring a reading to one
node at the same moment, over HTTPS with their own certificates. Each reading is
vouched for by its collector, judged by the chain's rules at the collector and at
the storage, logged, stored with full sync, and answered then. The devices are on
this host, too, and compute their side of the handshakes on the same processors.

  n           simultaneous requests
  mode        cold: each device connects anew, with a full handshake; warm: over
              connections that are open; per-check: the same, and each check is a
              transaction of its own in a final block before it is answered
  answered_s  until the last was answered: the median of the rounds
  anchored_s  until the checks of all were anchored on the chain
  failed      not answered, or refused, in all rounds together

With -o json the last line is a list of these. Each device holds a connection:
for 1,000 of them this user must be allowed 4,096 open files (ulimit -Hn).`,
		Example: "  wardflow bench load\n  wardflow bench load --per-check -o json\n  wardflow bench load --count 10 --count 100 --rounds 1",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if cfg.Exe, cfg.Args, err = benchArgs("host"); err != nil {
				return err
			}
			cfg.Progress = func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }
			res, err := trial.Load(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			return out.writeLine(cmd.OutOrStdout(), res, func(w io.Writer) { showLoad(w, res) })
		},
	}
	out.flag(cmd)
	cmd.Flags().IntSliceVar(&cfg.Counts, "count", []int{10, 100, 1000}, "simultaneous requests; may be given several times")
	cmd.Flags().IntVar(&cfg.Rounds, "rounds", 3, "of each")
	cmd.Flags().BoolVar(&cfg.PerCheck, "per-check", false, "also with a transaction for each check")
	return cmd
}

func showLoad(w io.Writer, res []trial.LoadResult) {
	t := table{head: []string{">n", "mode", ">answered", ">anchored", ">failed"}}
	for _, r := range res {
		t.add(r.N, r.Mode, fmt.Sprintf("%.3f s", r.Answered), fmt.Sprintf("%.3f s", r.Anchored), r.Failed)
	}
	t.write(w)
}
