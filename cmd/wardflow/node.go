package main

import (
	"context"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/actors"
	"github.com/wardflow/wardflow/runtime/node"
)

// nodeCommand runs a node, and looks after the nodes of a cluster.
func nodeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "node",
		Short: "Run a node, see the nodes of a cluster, and take them out of service",
		Example: `  wardflow node list
  wardflow node show bedside
  wardflow node drain bedside --wait`,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(nodeRunCommand(), nodeListCommand(), nodeShowCommand(), nodeHistoryCommand(), nodeDrainCommand(), nodeUndrainCommand(), nodeLeaveCommand())
	return cmd
}

func nodeRunCommand() *cobra.Command {
	var file, level string
	var leash bool
	cmd := &cobra.Command{
		Use:     "run",
		Short:   "Run a node on this host until it is told to stop",
		Example: "  wardflow node run --config /etc/wardflow/node.yaml",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := node.LoadConfig(file)
			if err != nil {
				return usageError{err}
			}
			var min slog.Level
			if err := min.UnmarshalText([]byte(level)); err != nil {
				return usageError{err}
			}
			roomToBreathe()
			ctx := cmd.Context()
			if leash {
				ctx = untilClosed(ctx, os.Stdin)
			}
			log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: min}))
			n, err := node.Start(ctx, *cfg, actors.All(), log)
			if err != nil {
				return err
			}
			select {
			case <-ctx.Done():
				return n.Close()
			case err := <-n.Failed():
				return err // without an orderly end: it must not last
			}
		},
	}
	cmd.Flags().StringVar(&file, "config", "node.yaml", "the node's configuration")
	cmd.Flags().StringVar(&level, "log-level", "info", "debug, info, warn or error")
	cmd.Flags().BoolVar(&leash, "until-stdin-closes", false, "also stop when standard input ends, as it does when the parent process dies")
	return cmd
}

// untilClosed ends with ctx or when r does.
func untilClosed(ctx context.Context, r io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		io.Copy(io.Discard, r) // an error ends it as well as the end does
	}()
	return ctx
}
