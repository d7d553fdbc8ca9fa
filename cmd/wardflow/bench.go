package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// benchCommand measures this very binary on this host.
func benchCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "Measure links, idle actors, deployments, failover, ingest, load and the chain on this host",
		Example: "  wardflow bench links\n  wardflow bench load", RunE: onlySubcommands}
	cmd.AddCommand(benchLinksCommand(), benchIdleCommand(), benchDeployCommand(), benchFailoverCommand(),
		benchIngestCommand(), benchLoadCommand(), benchChainCommand(), benchAwayCommand(), benchHostCommand())
	return cmd
}

// benchArgs starts this program as one of a trial's other processes.
func benchArgs(as string) (exe string, args []string, err error) {
	if exe, err = os.Executable(); err != nil {
		return "", nil, fmt.Errorf("find this program's own file, to start other processes with: %w", err)
	}
	return exe, []string{"bench", as}, nil
}
