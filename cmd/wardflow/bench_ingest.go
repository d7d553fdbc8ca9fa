package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/apps/trial"
)

func benchIngestCommand() *cobra.Command {
	var out output
	var cfg trial.IngestConfig
	cmd := &cobra.Command{
		Use:   "ingest",
		Short: "Measure how many readings of devices outside a node answers over HTTPS",
		Long: `Runs a node in a process of its own, with a ward on it, and devices that bring
readings to it over HTTPS: each with its own certificate, over one connection that
it keeps open, one reading after the other, as fast as they are answered. A reading
is answered when it is settled: taken once and in order, vouched for by its
collector, judged by the chain's rules, stored with full sync.

Beside it, in turn and in the same run, the same devices call a bare net/http server
in another process: the same TLS on both sides, JSON decoded and answered, and
nothing else.

Then all devices but twenty lose their connections and come back at once, with full
handshakes from an address each, while the twenty go on with ten readings a second.
What they compute themselves, half of this machine's processors do at most: real
devices have their own.

  req_per_s, bare_req_per_s   answered a second: medians of the rounds
  ratio                       of the two
  p50_ms, p99_ms              how long an answer of the node took, under full load
  failed                      requests that were not answered, or refused
  storm_p99_ms                how long the answers of the twenty took in the storm
  storm_back_s                until all the others were back`,
		Example: "  wardflow bench ingest\n  wardflow bench ingest --devices 100 --rounds 1 -o json",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if cfg.Exe, cfg.Args, err = benchArgs("host"); err != nil {
				return err
			}
			cfg.Progress = func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }
			res, err := trial.Ingest(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			return out.writeLine(cmd.OutOrStdout(), res, func(w io.Writer) { showIngest(w, res) })
		},
	}
	out.flag(cmd)
	cmd.Flags().IntVar(&cfg.Devices, "devices", 1000, "that bring readings, each over a connection of its own")
	cmd.Flags().IntVar(&cfg.Beds, "beds", 50, "each with an intake and a collector for its devices")
	cmd.Flags().IntVar(&cfg.Rounds, "rounds", 3, "of each server, in turn")
	cmd.Flags().DurationVar(&cfg.Leg, "leg", 0, "how long a round of one server takes (default 5s)")
	cmd.Flags().StringVar(&cfg.Profile, "profile", "", "file for a profile of the node's processor time in the last round, for go tool pprof")
	return cmd
}

func showIngest(w io.Writer, r trial.IngestResult) {
	fmt.Fprintf(w, "%d devices: %.0f requests a second answered when settled, %.0f by a bare server: %.2f of it.\n", r.Devices, r.Rate, r.Bare, r.Ratio)
	fmt.Fprintf(w, "An answer took %.1f ms at the median, %.1f ms at the 99th percentile; %d failed.\n", r.P50, r.P99, r.Failed)
	fmt.Fprintf(w, "While %d devices reconnected, in %.1f s, the live ones' p99 was %.1f ms (%d readings; before: %.1f ms).\n",
		r.Devices, r.StormSeconds, r.Storm, r.StormMade, r.CalmP99)
}
