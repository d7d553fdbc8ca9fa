package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/apps/hospital/demo"
)

// demoCommand brings a ward to life on this machine.
func demoCommand() *cobra.Command {
	var cfg demo.Config
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Bring a hospital ward to life on this machine: three nodes, sensors, rules, records",
		Long: `Brings a hospital ward to life on this machine: a certificate authority, a
chain with rules, three node processes, and the ward's script. Sensors play
recordings, or generate signals when there are none; collectors gather them per
patient; rule checks judge them by a contract; the store keeps what is signed.

It prints where to see it live. Ctrl-C stops everything; starting it again goes
on with the data that is there. At the end it verifies the whole record, and it
fails if anything that should hold does not.`,
		Example: `  wardflow demo
  wardflow demo --for 20s
  wardflow demo --for 20s --data ../shared/data/icu-bidmc --data ../shared/data/ecg-mitbih-100`,
		Args: takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			exe, err := os.Executable()
			if err != nil {
				return fmt.Errorf("find this program's own file, to start nodes with: %w", err)
			}
			cfg.Exe, cfg.Out = exe, cmd.OutOrStdout()
			if st, err := os.Stdout.Stat(); err == nil && cfg.Out == os.Stdout {
				cfg.Live = st.Mode()&os.ModeCharDevice != 0
			}
			if cfg.Dir == "" {
				cfg.Dir = demo.DefaultDir(cfg.Data)
			}
			return demo.Run(cmd.Context(), cfg)
		},
	}
	cmd.Flags().StringVar(&cfg.Dir, "dir", "", "directory that everything lies in, and goes on from (default wardflow-data, or one of its own for each set of recordings)")
	cmd.Flags().StringArrayVar(&cfg.Data, "data", nil, "folder of recordings to play; may be given several times")
	cmd.Flags().DurationVar(&cfg.For, "for", 0*time.Second, "end by itself after so long; 0: at Ctrl-C")
	return cmd
}
