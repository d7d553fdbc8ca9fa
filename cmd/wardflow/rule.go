package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/rule"
)

// ruleCommand shows and changes the rules.
func ruleCommand() *cobra.Command {
	var to ledger
	cmd := &cobra.Command{
		Use:   "rule",
		Short: "See and change the rules that readings are judged by",
		Long: `See and change the rules that readings are judged by.

A rule belongs to a group of devices: site/floor/room/type, or the beginning of
it. Of all that fit a device the longest decides alone. A revoked rule refuses.`,
		Example: `  wardflow rule list
  wardflow rule show h1/3
  wardflow rule set --key rules.key --group h1/3 --kind 8310-5 --unit Cel --min 35 --max 42
  wardflow rule load --key rules.key rules.yaml`,
		RunE: onlySubcommands,
	}
	to.flags(cmd)
	cmd.AddCommand(ruleListCommand(&to), ruleShowCommand(&to), ruleSetCommand(&to), ruleLoadCommand(&to),
		ruleRevokeCommand(&to), rulePauseCommand(&to), ruleUnpauseCommand(&to))
	return cmd
}

func ruleListCommand(to *ledger) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the groups that have a rule",
		Example: "  wardflow rule list",
		Args:    takes(0, "nothing but flags"),
	}
	out.flag(cmd)
	cmd.RunE = to.administer(true, func(ctx context.Context, a *rule.Admin, cmd *cobra.Command, _ []string) error {
		set, head, err := a.Rules(ctx)
		if err != nil {
			return err
		}
		doc := ruleList{a.Manager.Hex(), set.Epoch(), head.Number, set.Paused(), set.Rules()}
		return out.write(cmd.OutOrStdout(), doc, func(w io.Writer) {
			t := table{head: []string{"GROUP", "STATE", ">VERSION", "KINDS"}}
			for _, r := range set.Rules() {
				t.add(shown(r.Group), stateOf(r, set), r.Version, kindsOf(r))
			}
			t.write(w)
		})
	})
	return cmd
}

// A ruleList is rule list for programs.
type ruleList struct {
	Manager string      `json:"manager"`
	Epoch   uint64      `json:"epoch"`
	Block   uint64      `json:"block"`
	Paused  bool        `json:"paused"`
	Rules   []rule.Rule `json:"rules"`
}

func stateOf(r rule.Rule, s *rule.Set) string {
	switch {
	case s.Paused():
		return "paused"
	case r.Revoked:
		return "revoked"
	}
	return "in force"
}

func kindsOf(r rule.Rule) string {
	kinds := make([]string, len(r.Limits))
	for i, l := range r.Limits {
		kinds[i] = l.Kind
		if l.Revoked {
			kinds[i] += " (revoked)"
		}
	}
	return strings.Join(kinds, ", ")
}

func groupsOf(rules []rule.Rule) string {
	groups := make([]string, len(rules))
	for i, r := range rules {
		groups[i] = shown(r.Group)
	}
	return strings.Join(groups, ", ")
}

// shown is a group as people see it.
func shown(group string) string {
	if group == "" {
		return `""`
	}
	return group
}

func ruleShowCommand(to *ledger) *cobra.Command {
	return &cobra.Command{
		Use:     "show [GROUP]",
		Short:   "Write the rules of a group, or all, as a rule file",
		Example: "  wardflow rule show h1/3 > rules.yaml",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{errors.New("rule show: want one group or none")}
			}
			return nil
		},
		RunE: to.administer(true, func(ctx context.Context, a *rule.Admin, cmd *cobra.Command, args []string) error {
			set, _, err := a.Rules(ctx)
			if err != nil {
				return err
			}
			rules := set.Rules()
			if len(args) == 1 {
				r, ok := set.Rule(args[0])
				if !ok {
					return noRule(set, args[0])
				}
				rules = []rule.Rule{r}
			}
			fmt.Fprint(cmd.OutOrStdout(), rule.Format(rules))
			return nil
		}),
	}
}

// noRule says that a group has no rule of its own, and which one decides.
func noRule(set *rule.Set, group string) error {
	if r, ok := set.For(group); ok {
		return fmt.Errorf("group %s has no rule of its own: that of %s decides for it", shown(group), shown(r.Group))
	}
	return fmt.Errorf("group %s has no rule: its readings are refused", shown(group))
}

func ruleSetCommand(to *ledger) *cobra.Command {
	var group, kind, unit, low, high, rate, samples, age, ahead string
	var fresh bool
	cmd := &cobra.Command{
		Use:   "set",
		Short: "Set what one kind of reading must be, in the rule of a group",
		Example: `  wardflow rule set --key rules.key --group h1/3 --kind 8310-5 --unit Cel --min 35 --max 42
  wardflow rule set --key rules.key --group h1/3/icu-1/ecg --new --kind 11524-6 --unit mV --min -5 --max 5 --rate 500`,
		Args: takes(0, "nothing but flags"),
	}
	f := cmd.Flags()
	f.StringVar(&group, "group", "", "site/floor/room/type, or the beginning of it")
	f.StringVar(&kind, "kind", "", "LOINC code")
	f.StringVar(&unit, "unit", "", "UCUM code")
	f.StringVar(&low, "min", "", "least value, allowed")
	f.StringVar(&high, "max", "", "greatest value, allowed")
	f.StringVar(&rate, "rate", "none", "samples a second within a reading, or none: not limited")
	f.StringVar(&samples, "samples", fmt.Sprint(rule.DefaultLimit().Samples), "in one reading at most, or none")
	f.StringVar(&age, "age", "24h", "from the first sample to the judging at most, or none")
	f.StringVar(&ahead, "ahead", "2s", "the first sample may lie ahead of the judge's clock, or none")
	f.BoolVar(&fresh, "new", false, "begin a rule for a group that has none of its own; it then has this kind only")
	to.keyFlags(cmd)
	do := to.administer(false, func(ctx context.Context, a *rule.Admin, cmd *cobra.Command, _ []string) error {
		l, err := parseLimit(kind, unit, low, high, rate, samples, age, ahead)
		if err != nil {
			return usageError{err}
		}
		set, _, err := a.Rules(ctx)
		if err != nil {
			return err
		}
		if _, ok := set.Rule(group); !ok && !fresh {
			return fmt.Errorf("%w\n  --new begins one, which has this kind only and decides alone", noRule(set, group))
		}
		receipt, err := a.SetLimit(ctx, group, l)
		return tell(ctx, cmd, a, receipt, err, "set %s of %s to %s", kind, shown(group), rule.FormatLimit(l))
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, name := range []string{"group", "kind", "unit", "min", "max"} {
			if !cmd.Flags().Changed(name) {
				return usageError{fmt.Errorf("rule set: --%s is missing: see wardflow rule set --help", name)}
			}
		}
		return do(cmd, args)
	}
	return cmd
}

func parseLimit(kind, unit, low, high, rate, samples, age, ahead string) (l rule.Limit, err error) {
	l.Kind, l.Unit = kind, unit
	if l.Min, err = rule.ParseValue(low); err != nil {
		return l, fmt.Errorf("--min: %w", err)
	}
	if l.Max, err = rule.ParseValue(high); err != nil {
		return l, fmt.Errorf("--max: %w", err)
	}
	if l.Rate, err = rule.ParseCount(rate); err != nil {
		return l, fmt.Errorf("--rate: %w", err)
	}
	if l.Samples, err = rule.ParseCount(samples); err != nil {
		return l, fmt.Errorf("--samples: %w", err)
	}
	if l.Age, err = rule.ParseSpan(age); err != nil {
		return l, fmt.Errorf("--age: %w", err)
	}
	if l.Ahead, err = rule.ParseSpan(ahead); err != nil {
		return l, fmt.Errorf("--ahead: %w", err)
	}
	return l, nil
}

// tell says what was done, and since when it holds.
func tell(ctx context.Context, cmd *cobra.Command, a *rule.Admin, r chain.Receipt, err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	set, _, err := a.Rules(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), format+"\n", args...)
	fmt.Fprintf(cmd.OutOrStdout(), "in force from block %d on, epoch %d\n", r.Block, set.Epoch())
	return nil
}

func ruleLoadCommand(to *ledger) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "load FILE",
		Short: "Replace the rules of the groups that a rule file names",
		Long: `Replace the rules of the groups that a rule file names. Rules of other groups
stay. The file has, for each group, the kinds of readings and what they must be:

  h1/3:
    8310-5: {unit: Cel, range: [25, 45]}
    11524-6: {unit: mV, range: [-10, 10], rate: 2000, age: 1h}`,
		Example: "  wardflow rule load --key rules.key rules.yaml",
		Args:    takes(1, "a rule file"),
	}
	to.keyFlags(cmd)
	do := to.administer(false, func(ctx context.Context, a *rule.Admin, cmd *cobra.Command, args []string) error {
		rules, err := rulesOf(args[0])
		if err != nil {
			return err
		}
		receipt, err := a.Set(ctx, rules...)
		return tell(ctx, cmd, a, receipt, err, "set the rules of %s", groupsOf(rules))
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := rulesOf(args[0]); err != nil { // before any chain is asked for
			return err
		}
		return do(cmd, args)
	}
	return cmd
}

func ruleRevokeCommand(to *ledger) *cobra.Command {
	var group, kind string
	cmd := &cobra.Command{
		Use:   "revoke",
		Short: "Withdraw the rule of a group, or one kind of it: such readings are refused",
		Example: `  wardflow rule revoke --key rules.key --group h1/3
  wardflow rule revoke --key rules.key --group h1/3 --kind 8310-5`,
		Args: takes(0, "nothing but flags"),
	}
	cmd.Flags().StringVar(&group, "group", "", "whose rule")
	cmd.Flags().StringVar(&kind, "kind", "", "only this LOINC code of it")
	to.keyFlags(cmd)
	do := to.administer(false, func(ctx context.Context, a *rule.Admin, cmd *cobra.Command, _ []string) error {
		if kind != "" {
			receipt, err := a.RevokeLimit(ctx, group, kind)
			return tell(ctx, cmd, a, receipt, err, "revoked %s of %s", kind, shown(group))
		}
		receipt, err := a.Revoke(ctx, group)
		return tell(ctx, cmd, a, receipt, err, "revoked the rule of %s", shown(group))
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !cmd.Flags().Changed("group") {
			return usageError{errors.New("rule revoke: --group is missing: see wardflow rule revoke --help")}
		}
		return do(cmd, args)
	}
	return cmd
}

func rulePauseCommand(to *ledger) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "pause",
		Short:   "Refuse every reading until unpause",
		Example: "  wardflow rule pause --key rules.key",
		Args:    takes(0, "nothing but flags"),
		RunE: to.administer(false, func(ctx context.Context, a *rule.Admin, cmd *cobra.Command, _ []string) error {
			receipt, err := a.Pause(ctx)
			return tell(ctx, cmd, a, receipt, err, "paused: every reading is refused")
		}),
	}
	to.keyFlags(cmd)
	return cmd
}

func ruleUnpauseCommand(to *ledger) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "unpause",
		Short:   "Judge by the rules again",
		Example: "  wardflow rule unpause --key rules.key",
		Args:    takes(0, "nothing but flags"),
		RunE: to.administer(false, func(ctx context.Context, a *rule.Admin, cmd *cobra.Command, _ []string) error {
			receipt, err := a.Unpause(ctx)
			return tell(ctx, cmd, a, receipt, err, "judging goes on")
		}),
	}
	to.keyFlags(cmd)
	return cmd
}
