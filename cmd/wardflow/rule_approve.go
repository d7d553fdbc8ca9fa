package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain/eip712"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

func rulePendingCommand(to *ledger) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:     "pending",
		Short:   "List the proposals that wait for approvals, and what they do",
		Example: "  wardflow rule pending",
		Args:    takes(0, "nothing but flags"),
	}
	out.flag(cmd)
	cmd.RunE = to.desk(func(ctx context.Context, d *rule.Desk, cmd *cobra.Command, _ []string) error {
		all, err := d.Waiting(ctx, time.Now())
		if err != nil {
			return err
		}
		set, _, err := d.Rules(ctx)
		if err != nil {
			return err
		}
		names := to.crowd()
		docs := make([]waitingProposal, len(all))
		for i, p := range all {
			docs[i] = waitingOf(p, set, names)
		}
		return out.lines(cmd, docs, len(all), func(w io.Writer) {
			for i, p := range all {
				showProposal(w, p, set, names)
				fmt.Fprintf(w, "approved by %s, until %s\n", strings.Join(docs[i].Approved, ", "), p.Until.Format(time.DateTime+" UTC"))
			}
		}, "nothing waits for an approval")
	})
	return cmd
}

// A waitingProposal is a proposal for programs.
type waitingProposal struct {
	ID       string    `json:"id"`
	By       string    `json:"by"`
	Until    time.Time `json:"until"`
	Approved []string  `json:"approved"`
	Does     []string  `json:"does"`
}

func waitingOf(p *rule.Proposal, now *rule.Set, names crowd) waitingProposal {
	v := waitingProposal{ID: p.ID.Hex(), By: names.name(p.By), Until: p.Until, Approved: []string{}, Does: []string{}}
	for _, key := range p.Approvers {
		v.Approved = append(v.Approved, names.name(key))
	}
	for _, c := range p.Changes {
		v.Does = append(v.Does, c.Words(now)...)
	}
	return v
}

func ruleApproveCommand(to *ledger) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "approve [PROPOSAL]",
		Short: "Approve what another admin has proposed; with the last approval needed it is in force",
		Long: `Approves what another rule admin has proposed. What it does is read from the chain,
not from who proposed it, and shown before anything is signed. With the last
approval that is needed it is carried out at once.

PROPOSAL is the beginning of its name; it may be left out while only one waits.`,
		Example: `  wardflow rule approve 3fa9 --cert authority/rules-2
  wardflow rule approve --yes --cert authority/rules-2`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	to.payFlags(cmd)
	cmd.RunE = to.act(func(ctx context.Context, d *rule.Desk, by flow.Signer, cmd *cobra.Command, args []string) error {
		p, err := d.Find(ctx, strings.Join(args, ""), time.Now())
		if err != nil {
			return fmt.Errorf("rule approve: %w", err)
		}
		set, _, err := d.Rules(ctx)
		if err != nil {
			return err
		}
		names, w := to.crowd(), cmd.OutOrStdout()
		showProposal(w, p, set, names)
		fmt.Fprintf(w, "approved by %s\n", names.names(p.Approvers))
		if own, err := eip712.KeyAddress(by.Key.Public()); err == nil && slices.Contains(p.Approvers, own) {
			return fmt.Errorf("rule approve: %s has approved proposal %s already: another admin must, with their certificate", names.name(own), rule.ShortID(p.ID))
		}
		if !yes {
			if err := agreed(cmd, "approve this?"); err != nil {
				return err
			}
			// The chain has its own patience; people think for longer.
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), ledgerPatience)
			defer cancel()
		}
		done, r, err := d.Approve(ctx, by.Key, p.ID)
		if err != nil {
			return err
		}
		if !done {
			fmt.Fprintf(w, "approved in block %d; it needs more approvals\n", r.Block)
			return nil
		}
		now, err := d.Authority(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "approved, and in force from block %d on, epoch %d\n", r.Block, now.Epoch)
		return nil
	})
	return cmd
}

// errNotAgreed ends a command that was not agreed to.
var errNotAgreed = errors.New("not agreed: nothing was signed")

// agreed asks.
func agreed(cmd *cobra.Command, question string) error {
	fmt.Fprintf(cmd.OutOrStdout(), "%s [y/N] ", question)
	line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 64)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if a := strings.ToLower(strings.TrimSpace(line)); a == "y" || a == "yes" {
		return nil
	}
	fmt.Fprintln(cmd.OutOrStdout())
	return errNotAgreed
}

func ruleCancelCommand(to *ledger) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "cancel PROPOSAL",
		Short:   "End a proposal; one admin is enough",
		Example: "  wardflow rule cancel 3fa9 --cert authority/rules-2",
		Args:    takes(1, "a proposal"),
		RunE: to.act(func(ctx context.Context, d *rule.Desk, by flow.Signer, cmd *cobra.Command, args []string) error {
			p, err := d.Find(ctx, args[0], time.Now())
			if err != nil {
				return fmt.Errorf("rule cancel: %w", err)
			}
			r, err := d.Cancel(ctx, by.Key, p.ID)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "proposal %s was cancelled in block %d\n", rule.ShortID(p.ID), r.Block)
			return nil
		}),
	}
	to.payFlags(cmd)
	return cmd
}
