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

// A question is a reading that rules are asked about.
type question struct {
	scope, kind, value string
	group, unit        string
}

func ruleExplainCommand(to *ledger) *cobra.Command {
	var out output
	var q question
	cmd := &cobra.Command{
		Use:   "explain GROUP|EPC KIND [VALUE]",
		Short: "Say by which rule a reading of a device would be judged now, and step by step what of it",
		Long: `Says by which rule a reading of a device would be judged now, and step by step what
of it: where a rule was looked for, what each of its contracts says, and what the
manager's own check answers. The reading has one sample, taken now, and none before
it; without a VALUE it is the middle of the range.`,
		Example: `  wardflow rule explain h1/3/icu-1/monitor 8310-5 1.1
  wardflow rule explain urn:epc:id:giai:0614141.5678 8867-4 --group h1/3/icu-1/hr`,
		Args: cobra.RangeArgs(2, 3),
	}
	cmd.Flags().StringVar(&q.group, "group", "", "of a device that is named by its EPC")
	cmd.Flags().StringVar(&q.unit, "unit", "", "UCUM code (default: that of the rule)")
	out.flag(cmd)
	do := to.desk(func(ctx context.Context, d *rule.Desk, cmd *cobra.Command, _ []string) error {
		set, head, err := d.Rules(ctx)
		if err != nil {
			return err
		}
		c, err := q.ask(set)
		if err != nil {
			return err
		}
		st, err := d.Chain.State(ctx, head.Hash)
		if err != nil {
			return err
		}
		steps, err := set.Explain(st, c)
		if err != nil {
			return fmt.Errorf("rule explain: %w", err)
		}
		return out.write(cmd.OutOrStdout(), steps, func(w io.Writer) {
			for _, s := range steps {
				mark := "ok"
				if !s.OK {
					mark = "NO"
				}
				fmt.Fprintf(w, "%s  %s: %s\n", mark, s.What, s.Why)
			}
		})
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		q.scope, q.kind = args[0], args[1]
		if len(args) == 3 {
			q.value = args[2]
		}
		if _, device, err := scopeArg(q.scope); err != nil {
			return err
		} else if device != "" && q.group == "" {
			return usageError{errors.New("rule explain: of which group is the device? Its certificate says: give it with --group")}
		}
		return do(cmd, args)
	}
	return cmd
}

// ask makes the reading.
func (q *question) ask(set *rule.Set) (*flow.Case, error) {
	group, device, err := scopeArg(q.scope)
	if err != nil {
		return nil, err
	}
	if device == "" {
		device = triedDevice
	} else {
		group = q.group
	}
	now := time.Now()
	r := &flow.Reading{Device: device, Stream: "explained", Seq: 1, Kind: q.kind, Unit: q.unit, At: now, Scale: 1, Samples: []int64{0}}
	limit, found := q.limit(set, device, group)
	if found && q.unit == "" {
		r.Unit = limit.Unit
	}
	switch {
	case q.value != "":
		v, err := rule.ParseValue(q.value)
		if err != nil {
			return nil, usageError{err}
		}
		r.Samples[0] = v
	case found:
		r.Samples[0] = limit.Min/2 + limit.Max/2
	}
	return &flow.Case{Reading: r, Group: group, Now: now}, nil
}

// limit is what the rule that decides says of the kind.
func (q *question) limit(set *rule.Set, device, group string) (rule.Limit, bool) {
	r, ok := set.ForDevice(device)
	if !ok {
		r, ok = set.For(group)
	}
	if ok {
		for _, l := range r.Limits {
			if l.Kind == q.kind {
				return l, true
			}
		}
	}
	return rule.Limit{}, false
}
