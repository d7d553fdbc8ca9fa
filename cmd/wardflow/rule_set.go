package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// A limitFlags is one kind of a rule as flags.
type limitFlags struct {
	scope, kind, unit, low, high             string
	rate, samples, bytes, age, ahead         string
	needs, steepest, stuck, past, mode, with string
	fresh                                    bool
}

func ruleSetCommand(to *ledger) *cobra.Command {
	var l limitFlags
	var p putting
	cmd := &cobra.Command{
		Use:   "set",
		Short: "Propose what one kind of reading must be, in the rule of a group or device",
		Long: `Proposes what one kind of reading must be, in the rule of a group or device; what
the rule says of other kinds stays, and of this kind what no flag says. wardflow
rule propose takes a whole file.`,
		Example: `  wardflow rule set --cert authority/rules-1 --group h1/3 --kind 8310-5 --unit Cel --min 35 --max 42
  wardflow rule set --cert authority/rules-1 --group h1/3/icu-1/ecg --new --kind 11524-6 --unit mV --min -5 --max 5 --rate 500`,
		Args: takes(0, "nothing but flags"),
	}
	l.flags(cmd)
	p.flags(to, cmd)
	do := to.act(func(ctx context.Context, d *rule.Desk, by flow.Signer, cmd *cobra.Command, _ []string) error {
		set, _, err := d.Rules(ctx)
		if err != nil {
			return err
		}
		r, err := l.base(set)
		if err != nil {
			return err
		}
		if err := l.apply(cmd.Flags().Changed, &r); err != nil {
			return err
		}
		changes, err := d.Draft(ctx, r)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "the rule of %s says that already\n", shownRule(&r))
			return nil
		}
		return p.put(ctx, d, by, cmd.OutOrStdout(), to.crowd(), changes...)
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, name := range []string{"group", "kind"} {
			if !cmd.Flags().Changed(name) {
				return usageError{fmt.Errorf("rule set: --%s is missing: see wardflow rule set --help", name)}
			}
		}
		return do(cmd, args)
	}
	return cmd
}

func (l *limitFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.scope, "group", "", "site/floor/room/type, or the beginning of it; or the EPC of a device")
	f.StringVar(&l.kind, "kind", "", "LOINC code")
	f.StringVar(&l.unit, "unit", "", "UCUM code")
	f.StringVar(&l.low, "min", "", "least value, allowed")
	f.StringVar(&l.high, "max", "", "greatest value, allowed")
	f.StringVar(&l.rate, "rate", "", "samples a second, or none: not limited")
	f.StringVar(&l.samples, "samples", "", "in one reading at most, or none (8192 for a new kind)")
	f.StringVar(&l.bytes, "bytes", "", "of one reading as it was signed at most, or none")
	f.StringVar(&l.age, "age", "", "from the first sample to the judging at most, or none (24h for a new kind)")
	f.StringVar(&l.ahead, "ahead", "", "the first sample may lie ahead of the judge's clock, or none (2s for a new kind)")
	f.StringVar(&l.needs, "needs", "", "fields that must be there, such as number,stream")
	f.StringVar(&l.steepest, "steepest", "", `the most it may change in a time: "2 Cel in 10m"`)
	f.StringVar(&l.stuck, "stuck", "", "so long it may stay what it is: 2h")
	f.StringVar(&l.past, "past", "", "readings before that steepest and stuck look at, 1 to 16")
	f.StringVar(&l.with, "agrees", "", `with another kind of the rule: "30 /min with 8889-8 within 10s"`)
	f.StringVar(&l.mode, "mode", "", "what answers wait for: anchored, confirmed or per-check (default: as it is)")
	f.BoolVar(&l.fresh, "new", false, "begin a rule for what has none of its own; it then has this kind only")
}

// apply puts what was said into a rule. What was not said stays as it is, where
// the rule has the kind already.
func (l *limitFlags) apply(said func(flag string) bool, r *rule.Rule) error {
	limit, slope := rule.DefaultLimit(), rule.Slope{Past: rule.MaxPast}
	limit.Kind, slope.Kind = l.kind, l.kind
	at := slices.IndexFunc(r.Limits, func(have rule.Limit) bool { return have.Kind == l.kind })
	if at >= 0 {
		limit = r.Limits[at]
	}
	steep := slices.IndexFunc(r.Slopes, func(s rule.Slope) bool { return s.Kind == l.kind })
	if steep >= 0 {
		slope = r.Slopes[steep]
	}
	if at < 0 {
		for _, name := range []string{"unit", "min", "max"} {
			if !said(name) {
				return usageError{fmt.Errorf("rule set: --%s is missing: the rule does not name kind %s yet", name, l.kind)}
			}
		}
	}
	if said("unit") {
		if err := rule.CheckUnit(l.unit); err != nil {
			return usageError{fmt.Errorf("--unit: %w", err)}
		}
		limit.Unit = l.unit
	}
	slope.Unit = limit.Unit
	for _, f := range l.parsers(&limit, &slope) {
		if !said(f.name) {
			continue
		}
		if err := f.parse(); err != nil {
			return usageError{fmt.Errorf("--%s: %w", f.name, err)}
		}
	}
	r.Limits, r.Slopes, r.Parts = slices.Clone(r.Limits), slices.Clone(r.Slopes), nil
	if at >= 0 {
		r.Limits[at] = limit
	} else {
		r.Limits = append(r.Limits, limit)
	}
	if steep >= 0 {
		r.Slopes = slices.Delete(r.Slopes, steep, steep+1)
	}
	if slope.Step != 0 || slope.Stuck != 0 {
		r.Slopes = append(r.Slopes, slope)
	}
	return l.others(said, limit.Unit, r)
}

// A flagParser reads one flag.
type flagParser struct {
	name  string
	parse func() error
}

func (l *limitFlags) parsers(limit *rule.Limit, slope *rule.Slope) []flagParser {
	read := func(name, text string, into func(string) error) flagParser {
		return flagParser{name, func() error { return into(text) }}
	}
	return []flagParser{
		read("min", l.low, func(s string) (err error) { limit.Min, err = rule.ParseValue(s); return err }),
		read("max", l.high, func(s string) (err error) { limit.Max, err = rule.ParseValue(s); return err }),
		read("rate", l.rate, func(s string) (err error) { limit.Rate, err = rule.ParseCount(s); return err }),
		read("samples", l.samples, func(s string) (err error) { limit.Samples, err = rule.ParseCount(s); return err }),
		read("bytes", l.bytes, func(s string) (err error) { limit.Bytes, err = rule.ParseCount(s); return err }),
		read("age", l.age, func(s string) (err error) { limit.Age, err = rule.ParseSpan(s); return err }),
		read("ahead", l.ahead, func(s string) (err error) { limit.Ahead, err = rule.ParseSpan(s); return err }),
		read("needs", l.needs, func(s string) (err error) { limit.Fields, err = fieldsOf(s); return err }),
		read("steepest", l.steepest, func(s string) (err error) {
			if slope.Step, slope.In = 0, 0; s != "none" {
				slope.Step, slope.In, err = rule.ParseSteep(s, limit.Unit)
			}
			return err
		}),
		read("stuck", l.stuck, func(s string) (err error) {
			if slope.Stuck, slope.Jitter = 0, 0; s != "none" {
				slope.Stuck, slope.Jitter, err = rule.ParseStuck(s, limit.Unit)
			}
			return err
		}),
		read("past", l.past, func(s string) error {
			n, err := strconv.ParseUint(s, 10, 8)
			if err != nil || n == 0 || n > rule.MaxPast {
				return fmt.Errorf("%q: want 1 to %d", s, rule.MaxPast)
			}
			slope.Past = uint8(n)
			return nil
		}),
	}
}

// others puts in what is about the rule, and about this kind with others.
func (l *limitFlags) others(said func(flag string) bool, unit string, r *rule.Rule) error {
	if said("agrees") {
		r.Agreements = slices.DeleteFunc(slices.Clone(r.Agreements), func(a rule.Agreement) bool { return a.Kind == l.kind || a.With == l.kind })
		if l.with != "none" {
			a, err := rule.ParseAgreement(l.with, l.kind, unit)
			if err != nil {
				return usageError{fmt.Errorf("--agrees: %w", err)}
			}
			r.Agreements = append(r.Agreements, a)
		}
	}
	if said("mode") {
		m, ok := flow.ParseMode(l.mode)
		if !ok {
			return usageError{fmt.Errorf("--mode %q: want anchored, confirmed or per-check", l.mode)}
		}
		r.Mode = m
	}
	return r.Check()
}

func fieldsOf(list string) (all rule.Fields, err error) {
	for name := range strings.SplitSeq(list, ",") {
		if name == "" || name == "none" {
			continue
		}
		f, err := rule.ParseField(strings.TrimSpace(name))
		if err != nil {
			return 0, err
		}
		all |= f
	}
	return all, nil
}

// base is the rule that is changed: that which there is, or with --new an empty
// one.
func (l *limitFlags) base(set *rule.Set) (rule.Rule, error) {
	group, device, err := scopeArg(l.scope)
	if err != nil {
		return rule.Rule{}, err
	}
	r, ok := ruleOf(set, l.scope)
	switch {
	case ok && r.Revoked:
		return r, fmt.Errorf("the rule of %s is retired: propose it anew as a whole, with wardflow rule propose and what wardflow rule show has of it, without \"# retired: \"", shownRule(&r))
	case ok && (len(r.Limits) == 0 || !r.Plain()):
		return r, fmt.Errorf("the rule of %s is made of contracts that no rule file can say: propose it anew as a whole, with wardflow rule propose", shownRule(&r))
	case ok:
		return r, nil
	case !l.fresh:
		return r, fmt.Errorf("%w\n  --new begins one, which has this kind only and decides alone", noRule(set, l.scope))
	}
	return rule.Rule{Group: group, Device: device}, nil
}
