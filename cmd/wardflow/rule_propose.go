package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// A putting says how changes are put forward.
type putting struct {
	good time.Duration // how long others may approve
}

func (p *putting) flags(to *ledger, cmd *cobra.Command) {
	cmd.Flags().DurationVar(&p.good, "for", rule.DefaultFor, "how long others may approve, at most 30 days")
	to.payFlags(cmd)
}

// put proposes changes and says what they do.
func (p *putting) put(ctx context.Context, d *rule.Desk, by flow.Signer, w io.Writer, names crowd, changes ...rule.Change) error {
	if p.good < time.Minute || p.good > 30*24*time.Hour {
		return usageError{fmt.Errorf("--for %v: want a minute to 30 days", p.good)}
	}
	portions := rule.Portions(changes)
	if len(portions) > 1 {
		fmt.Fprintf(w, "too much for one proposal: it becomes %d, which are carried out one by one\n", len(portions))
	}
	a, err := d.Authority(ctx)
	if err != nil {
		return err
	}
	for _, portion := range portions {
		set, _, err := d.Rules(ctx)
		if err != nil {
			return err
		}
		made, r, err := d.Propose(ctx, by.Key, portion, time.Now().Add(p.good))
		if err != nil {
			return err
		}
		showProposal(w, made, set, names)
		fmt.Fprintf(w, "proposed in block %d; %d of %d approvals, until %s\n", r.Block, len(made.Approvers), a.Approvals, made.Until.Format(time.DateTime+" UTC"))
		fmt.Fprintf(w, "another rule admin approves it: wardflow rule approve %s --cert DIR\n", rule.ShortID(made.ID))
	}
	return nil
}

// showProposal says what a proposal does to the rules as they are.
func showProposal(w io.Writer, p *rule.Proposal, now *rule.Set, names crowd) {
	fmt.Fprintf(w, "proposal %s by %s\n", rule.ShortID(p.ID), names.name(p.By))
	for _, c := range p.Changes {
		for _, line := range c.Words(now) {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
}

func ruleProposeCommand(to *ledger) *cobra.Command {
	var p putting
	cmd := &cobra.Command{
		Use:   "propose FILE",
		Short: "Propose the rules of a rule file in place of those that their groups have",
		Long: `Proposes the rules of a rule file in place of those that their groups and devices
have. Rules of others stay, and so does what says the same already. First the rule
contracts are made; the proposal names them, their code and what they say.

  h1/3:
    8310-5: {unit: Cel, range: [25, 45], steepest: 2 Cel in 10m}
    11524-6: {unit: mV, range: [-10, 10], rate: 2000, age: 1h}

wardflow rule try judges what was recorded by a file, without a chain.`,
		Example: "  wardflow rule propose rules.yaml --cert authority/rules-1",
		Args:    takes(1, "a rule file"),
	}
	p.flags(to, cmd)
	do := to.act(func(ctx context.Context, d *rule.Desk, by flow.Signer, cmd *cobra.Command, args []string) error {
		rules, err := rulesFile(args[0])
		if err != nil {
			return err
		}
		changes, err := d.Draft(ctx, rules...)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "the rules of %s say that already\n", groupsOf(rules))
			return nil
		}
		return p.put(ctx, d, by, cmd.OutOrStdout(), to.crowd(), changes...)
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := rulesFile(args[0]); err != nil { // before any chain is asked for
			return err
		}
		return do(cmd, args)
	}
	return cmd
}

func ruleRetireCommand(to *ledger) *cobra.Command {
	var p putting
	cmd := &cobra.Command{
		Use:   "retire GROUP|EPC",
		Short: "Propose to withdraw a rule: such readings are refused, whatever rule a shorter group has",
		Example: `  wardflow rule retire h1/3/icu-1 --cert authority/rules-1
  wardflow rule retire urn:epc:id:giai:0614141.5678 --cert authority/rules-1`,
		Args: takes(1, "a group or EPC"),
	}
	p.flags(to, cmd)
	cmd.RunE = to.act(func(ctx context.Context, d *rule.Desk, by flow.Signer, cmd *cobra.Command, args []string) error {
		group, device, err := scopeArg(args[0])
		if err != nil {
			return err
		}
		c, err := d.Retire(ctx, group, device)
		if err != nil {
			return err
		}
		return p.put(ctx, d, by, cmd.OutOrStdout(), to.crowd(), c)
	})
	return cmd
}

func ruleUnpauseCommand(to *ledger) *cobra.Command {
	var p putting
	cmd := &cobra.Command{
		Use:     "unpause",
		Short:   "Propose to judge by the rules again",
		Example: "  wardflow rule unpause --cert authority/rules-1",
		Args:    takes(0, "nothing but flags"),
	}
	p.flags(to, cmd)
	cmd.RunE = to.act(func(ctx context.Context, d *rule.Desk, by flow.Signer, cmd *cobra.Command, _ []string) error {
		a, err := d.Authority(ctx)
		if err != nil {
			return err
		}
		if !a.Paused {
			return errors.New("the manager is not paused")
		}
		c, err := d.Order(ctx, rule.OpUnpause, "", [20]byte{})
		if err != nil {
			return err
		}
		return p.put(ctx, d, by, cmd.OutOrStdout(), to.crowd(), c)
	})
	return cmd
}

func rulePauseCommand(to *ledger) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "pause",
		Short:   "Judge no reading until the rules are unpaused: they wait; one admin is enough",
		Example: "  wardflow rule pause --cert authority/rules-1",
		Args:    takes(0, "nothing but flags"),
		RunE: to.act(func(ctx context.Context, d *rule.Desk, by flow.Signer, cmd *cobra.Command, _ []string) error {
			r, err := d.Pause(ctx, by.Key)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "paused from block %d on: readings wait, and nothing is judged\nto go on: wardflow rule unpause, and another admin's approval\n", r.Block)
			return nil
		}),
	}
	to.payFlags(cmd)
	return cmd
}
