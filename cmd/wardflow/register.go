package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// registerCommand looks at the cluster's agreed memory, and keeps it alive.
func registerCommand() *cobra.Command {
	var to reach
	var out output
	cmd := &cobra.Command{
		Use:   "register",
		Short: "See who holds the cluster's agreed memory, change who does, back it up",
		Long: `The register holds what the whole cluster has agreed on: applications, which
node runs which actor, and the actors' checkpoints. One voter holds it, or
three or five, of which most must answer before anything can change.`,
		Example: `  wardflow register show
  wardflow register add ward
  wardflow register backup register.bak`,
		RunE: onlySubcommands,
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.AddCommand(registerShowCommand(&to, &out), registerVoteCommand(&to, true), registerVoteCommand(&to, false), registerBackupCommand(&to), registerRestoreCommand(&to))
	return cmd
}

func registerShowCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "show",
		Short:   "Show who votes, who leads, and how many may fail",
		Example: "  wardflow register show",
		Args:    takes(0, "nothing but flags"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
			s, err := c.Snapshot(ctx)
			if err != nil {
				return err
			}
			if s.Register == nil {
				return fmt.Errorf("the register: %w", control.ErrNotFound)
			}
			return out.write(cmd.OutOrStdout(), s.Register, func(w io.Writer) { showRegister(w, s.Register, s.At) })
		}),
	}
}

func showRegister(w io.Writer, r *control.RegisterState, now time.Time) {
	if why := r.Lost(now); why != "" {
		warnLost(w, why)
	} else {
		fmt.Fprintf(w, "%s leads, term %d, entry %d; %s\n", r.Leader, r.Term, r.Index, mayLose(r))
	}
	if r.Changing != "" {
		fmt.Fprintln(w, "under way:", r.Changing)
	}
	fmt.Fprintln(w)
	t := table{head: []string{"VOTER", "STATE", "SINCE"}}
	for _, m := range r.Members {
		state := "up"
		switch {
		case !m.Up:
			state = "down"
		case m.Node == r.Leader:
			state = "up, leads"
		}
		t.add(m.Node, state, when(m.Since))
	}
	t.write(w)
}

// mayLose says what the voters can stand.
func mayLose(r *control.RegisterState) string {
	of := count(len(r.Voters), "voter")
	switch r.MayLose {
	case 0:
		if len(r.Voters) == 1 {
			return of + ": while it is down nothing can change; with three, one may fail"
		}
		return of + ": none more may fail"
	case 1:
		return of + ": one may fail"
	}
	return fmt.Sprintf("%s: %d may fail", of, r.MayLose)
}

// when is a time as tables show it.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateTime)
}

func registerVoteCommand(to *reach, on bool) *cobra.Command {
	use, short, did := "add NODE", "Give a node a vote, and a copy of the register", "%s gets a vote\n"
	if !on {
		use, short, did = "remove NODE", "Take a node's vote back", "%s gives up its vote\n"
	}
	return &cobra.Command{
		Use:     use,
		Short:   short,
		Example: "  wardflow register " + use[:len(use)-len("NODE")] + "ward",
		Args:    takes(1, "a node"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			if err := c.Vote(ctx, flow.NodeID(args[0]), on); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), did, args[0])
			if r, err := c.Register(ctx); err == nil && r.Quorum { // it was done; this is only good to know
				fmt.Fprintln(cmd.OutOrStdout(), mayLose(r))
			}
			return nil
		}),
	}
}

func registerBackupCommand(to *reach) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the whole register to a file, while all runs",
		Long: `Writes the whole register to a file, while all runs. The file has a checksum; it
holds the actors' states, so also patient data, and only you can read it. With
- it goes to standard output.`,
		Example: "  wardflow register backup register.bak",
		Args:    takes(1, "a file"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			if args[0] == "-" {
				return c.Backup(ctx, cmd.OutOrStdout())
			}
			n, err := writeWhole(args[0], func(w io.Writer) error { return c.Backup(ctx, w) })
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "wrote %d bytes to %s\n", n, args[0])
			return nil
		}),
	}
}

// writeWhole makes a file that is either whole and on disk, or not there.
func writeWhole(file string, write func(io.Writer) error) (size int64, err error) {
	if _, err := os.Lstat(file); err == nil {
		return 0, fmt.Errorf("%s is there already: give another name, or remove it first", file)
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*") // for its owner only
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name()) // when it was not renamed
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if st, e := f.Stat(); e == nil {
		size = st.Size()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return 0, err
	}
	return size, os.Rename(f.Name(), file)
}

func registerRestoreCommand(to *reach) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Give an empty register what a backup holds",
		Long: `Gives an empty register what a backup holds. With --force it takes the place of
what is there: what was agreed since the backup is lost, and actors go on from
the states they had then. With - it comes from standard input.`,
		Example: "  wardflow register restore register.bak",
		Args:    takes(1, "a file"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			in := cmd.InOrStdin()
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return fmt.Errorf("the backup: %w", err)
				}
				defer f.Close()
				in = f
			}
			err := c.Restore(ctx, in, force)
			switch {
			case errors.Is(err, control.ErrConflict) && !force:
				return fmt.Errorf("%w\n  --force puts the backup in its place: what was agreed since is lost", err)
			case err != nil:
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "restored %s\n", args[0])
			return nil
		}),
	}
	cmd.Flags().BoolVar(&force, "force", false, "also over what the register holds, which is lost")
	return cmd
}
