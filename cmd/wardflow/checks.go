package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/control"
)

// checksCommand shows what was judged, and whether that is on the chain.
func checksCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "checks",
		Short: "See what the nodes have judged, how far the chain has it, and that nobody changed it",
		Long: `Each node that judges readings keeps one log of its checks: what it judged, by
which rule and version, and what it found. About once a second it puts the head
of the log on the chain: from then on nobody can take a check away, change it,
slip one in or put it elsewhere without being found out.`,
		Example: `  wardflow checks status
  wardflow checks list --limit 20
  wardflow checks verify wardflow-data/ward/checks`,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(checksStatusCommand(), checksListCommand(), checksVerifyCommand())
	return cmd
}

func checksStatusCommand() *cobra.Command {
	var to reach
	var out output
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Show how far the chain has each node's checks",
		Example: "  wardflow checks status",
		Args:    takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
		s, err := c.Snapshot(ctx)
		if err != nil {
			return err
		}
		return out.list(cmd, control.List[control.ChecksState]{APIVersion: control.APIVersion, Items: s.Checks}, checksStatusTable(s.Checks, s.At),
			"no node judges readings: one does that holds the rules (`chain:` in its file) and runs a ward.RuleCheck or a ward.Store")
	})
	return cmd
}

func checksStatusTable(list []control.ChecksState, now time.Time) *table {
	t := &table{head: []string{"NODE", "LOG", ">CHECKS", ">ANCHORED", ">IN BLOCK", ">WAITING FOR", "PROBLEM"}}
	for _, s := range list {
		waits := ""
		if !s.Since.IsZero() {
			waits = now.Sub(s.Since).Round(100 * time.Millisecond).String()
		}
		t.add(s.Node, s.Log, s.Size, s.Anchored, s.Block, waits, s.Problem)
	}
	return t
}

func checksListCommand() *cobra.Command {
	var to reach
	var out output
	q := control.CheckQuery{From: -1, Limit: 20}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what a node has judged, oldest first",
		Long: `Lists checks of the log of the node that is asked: the newest, or those from a
number on. Numbers begin at 0.`,
		Example: "  wardflow checks list --from 1200 --limit 50",
		Args:    takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.Flags().Int64Var(&q.From, "from", -1, "the first number (default: the newest checks)")
	cmd.Flags().IntVar(&q.Limit, "limit", q.Limit, fmt.Sprintf("so many, up to %d", control.MaxChecks))
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
		list, err := c.Checks(ctx, q)
		if err != nil {
			return err
		}
		none := "the node has judged nothing yet"
		if q.From > 0 {
			none = fmt.Sprintf("the node's log ends before check %d: `wardflow checks status` says where", q.From)
		}
		return out.list(cmd, control.List[control.CheckEntry]{APIVersion: control.APIVersion, Items: list}, checksTable(list), none)
	})
	return cmd
}

func checksTable(list []control.CheckEntry) *table {
	t := &table{head: []string{">CHECK", "AT", "PLACE", "DEVICE", "STREAM", ">SEQ", "FOUND", ">VERSION", ">BLOCK", "ANCHORED"}}
	for _, e := range list {
		found, anchored := e.Reason, "not yet"
		if e.Clause != "" {
			found += ": " + e.Clause
		}
		if e.Anchored {
			anchored = "yes"
		}
		t.add(e.Index, e.At.Local().Format("15:04:05.000"), e.Place, e.Device, e.Stream, e.Seq,
			found, e.Version, e.Block, anchored)
	}
	return t
}

// errChecks is the exit code of a log that is not as it was anchored.
var errChecks = errors.New("the log is not as it was anchored")

func checksVerifyCommand() *cobra.Command {
	var l ledger
	var log string
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Hold a node's log of checks against the chain",
		Long: `Reads a node's folder of checks from the first check to the last, and holds it
against every head of the log that is on the chain. The first check that was
changed, taken away, slipped in or put elsewhere is named: by its number, or by
the numbers of those that one head covers when the folder does not tell them
apart. The node may run meanwhile.`,
		Example: `  wardflow checks verify wardflow-data/ward/checks
  wardflow checks verify /mnt/backup/checks --log 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed --rpc http://localhost:8545 --manager 0x…`,
		Args: takes(1, "a node's folder of checks"),
	}
	l.flags(cmd)
	cmd.Flags().StringVar(&log, "log", "", "account of the log (default: that of the folder)")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		o, err := l.open(cmd.Context()) // a large log takes longer than most commands may
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(mendChain(err), o.close()) }()
		if o.manager == (chain.Address{}) {
			return usageError{errNoManager}
		}
		account, err := checksAccount(args[0], log)
		if err != nil {
			return err
		}
		contract, err := anchor.Of(cmd.Context(), o.chain, o.manager)
		if err != nil {
			return err
		}
		r, err := anchor.Verify(cmd.Context(), filepath.Join(args[0], "log"), contract, account)
		if err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), r)
		if !r.OK() {
			return errChecks
		}
		return nil
	}
	return cmd
}

// checksAccount is the account of a folder's log: as given, that of its key, or
// that of a head in it.
func checksAccount(dir, given string) (chain.Address, error) {
	if given != "" {
		return chain.ParseAddress(given)
	}
	key, err := chain.LoadKey(filepath.Join(dir, "log.key"), "")
	if err == nil {
		return key.Address(), nil
	}
	if !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission) {
		return chain.Address{}, err
	}
	c, err := openChecksFolder(dir)
	if err != nil {
		return chain.Address{}, err
	}
	account, err := c.account()
	return account, errors.Join(err, c.close())
}
