package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/apps/trial"
)

func benchLinksCommand() *cobra.Command {
	var out output
	var cfg trial.LinksConfig
	cmd := &cobra.Command{
		Use:   "links",
		Short: "Measure links between two processes, beside a bare gRPC stream",
		Long: `Measures links between two processes on this host, over loopback. Tokens carry
86 bytes, about 100 with number, time and source. In each round the kinds take
turns; the result is the median over the rounds.

  sealed    a link as nodes have it: engine, door, handshake, numbers, credits,
            seals; over when the last token is settled at its source
  bare      the same tokens, written and read with the same codec, as many in a
            batch as the link had in a packet, on a gRPC stream with mutual TLS
  unsealed  the link without its seals
  raw       the bare stream with a batch that was made once and is not read
  local     from actor to actor on one node: two hops, wall time a hop

Checkpoints are answered at once and kept nowhere, so disks are not measured.`,
		Example: "  wardflow bench links\n  wardflow bench links -o json",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if cfg.Exe, cfg.Args, err = benchArgs("away"); err != nil {
				return err
			}
			cfg.Progress = func(s string) { fmt.Fprintln(cmd.ErrOrStderr(), s) }
			res, err := trial.Links(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			return out.writeLine(cmd.OutOrStdout(), res, func(w io.Writer) { showLinks(w, res) })
		},
	}
	out.flag(cmd)
	cmd.Flags().IntVar(&cfg.Tokens, "tokens", 1_000_000, "tokens of each transfer")
	cmd.Flags().IntVar(&cfg.Rounds, "rounds", 5, "transfers of each kind")
	cmd.Flags().IntVar(&cfg.Window, "window", 0, "tokens that a link may hold unsettled; 0: as nodes do")
	return cmd
}

func showLinks(w io.Writer, res trial.LinksResult) {
	t := table{head: []string{"what", ">tokens/s", ">CPU a token"}}
	for _, r := range []struct {
		what, kind string
		rate       float64
	}{
		{"link, numbered, sealed, settled", "sealed", res.TokensPerS},
		{"link without seals", "unsealed", res.UnsealedTokensPerS},
		{"bare gRPC, equal batches", "bare", res.BareTokensPerS},
		{"bare gRPC, bytes only", "raw", res.RawPerS},
		{"local hop", "local", 1e9 / res.LocalHopNS},
	} {
		t.add(r.what, fmt.Sprintf("%.0f", r.rate), res.CPU[r.kind])
	}
	t.write(w)
	fmt.Fprintf(w, "\nThe link has %.0f %% of the bare stream's rate, in packets of %d bytes with %d tokens.\nIts seals cost %.0f %% of its rate. A local hop takes %.0f ns.\n",
		100*res.Ratio, res.PacketBytes, res.BatchTokens, 100*res.Overhead, res.LocalHopNS)
}

// benchAwayCommand is the other process of benchLinksCommand.
func benchAwayCommand() *cobra.Command {
	return &cobra.Command{Use: "away", Hidden: true, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return trial.Away(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
	}}
}
