package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/actors/ward"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/rule"
)

// A ruleTrial is what "rule try" is asked for.
type ruleTrial struct {
	group, device string
	as            []string
	store         string
	patient       string
	most          float64
}

func ruleTryCommand() *cobra.Command {
	var t ruleTrial
	var out output
	cmd := &cobra.Command{
		Use:   "try RULES [RECORDING...]",
		Short: "Judge recorded or stored readings by a rule file, before it goes live",
		Long: `Judges readings by a rule file as if it were in force, and says what it would
have refused. The rules are put on a chain of their own, which is thrown away: it
is the contracts that judge.

A RECORDING is a file of WFDB (.hea), EDF or CSV, or a folder of them: the channels
whose names are known are taken, others as --as says. A folder or --store counts as
many patients, a file as one.

Each reading is judged as if it came at once, so age and ahead refuse nothing here.`,
		Example: `  wardflow rule try rules.yaml ../shared/data/icu-bidmc/bidmc_01_Numerics.csv
  wardflow rule try rules.yaml ecg.hea --group h1/3/icu-1/ecg --as MLII=11524-6:mV
  wardflow rule try rules.yaml --store wardflow-data/records/store.db --most 0.1`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || (len(args) > 1) == (t.store != "") {
				return usageError{errors.New("rule try: want a rule file, and recordings or --store")}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&t.group, "group", "", "of the recordings' devices: site/floor/room/type (default: the only group of the rule file)")
	f.StringVar(&t.device, "device", triedDevice, "EPC of the recordings' devices, 24 hex digits")
	f.StringArrayVar(&t.as, "as", nil, "a channel's kind and unit: CHANNEL=LOINC:UCUM; may be given several times")
	f.StringVar(&t.store, "store", "", "try the readings of this store, each by its own group")
	f.StringVar(&t.patient, "patient", "", "of the store's readings only those of this patient")
	f.Float64Var(&t.most, "most", 100, "fail if more than so many percent would be refused")
	out.flag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		text, err := rulesOf(args[0])
		if err != nil {
			return err
		}
		tally, err := t.run(cmd.Context(), text, args[1:], cmd.ErrOrStderr())
		if err != nil {
			return fmt.Errorf("rule try: %w", err)
		}
		if err := out.write(cmd.OutOrStdout(), tally, func(w io.Writer) { showTally(w, tally) }); err != nil {
			return err
		}
		if tally.Share() > t.most {
			return fmt.Errorf("rule try: %.3g %% would be refused, more than %v %%", tally.Share(), t.most)
		}
		return nil
	}
	return cmd
}

// triedDevice stands for the devices of recordings, which have no number.
const triedDevice = "3074257BF7194E4000001A85"

// run judges all there is. What is left out is said on notes.
func (t *ruleTrial) run(ctx context.Context, rules []rule.Rule, recordings []string, notes io.Writer) (*rule.Tally, error) {
	if t.store == "" && t.group == "" {
		var err error
		if t.group, err = onlyGroup(rules); err != nil {
			return nil, err
		}
	}
	readings, err := t.source(ctx, recordings, notes)
	if err != nil {
		return nil, err
	}
	bench, err := rule.NewBench(ctx, rules)
	if err != nil {
		return nil, err
	}
	tally := &rule.Tally{}
	tryout := ward.NewTryout(bench)
	for r, err := range readings {
		if err == nil {
			err = ctx.Err()
		}
		var v flow.Verdict
		if err == nil {
			v, err = tryout.Judge(r.patient, r.group, r.reading, r.reading.End())
		}
		if err != nil {
			return nil, errors.Join(err, bench.Close())
		}
		tally.Add(r.patient, &r.reading.Reading, v)
	}
	tally.Sort()
	if tally.Tried == 0 {
		err = errors.New("there was no reading to try the rules on")
	}
	return tally, errors.Join(err, bench.Close())
}

// onlyGroup is where devices are for whom nobody has said it.
func onlyGroup(rules []rule.Rule) (string, error) {
	var groups []string
	for _, r := range rules {
		if r.Device == "" {
			groups = append(groups, shown(r.Group))
		}
	}
	if len(groups) == 1 {
		return strings.Trim(groups[0], `"`), nil
	}
	return "", usageError{fmt.Errorf("the rule file has %d groups: say with --group where the devices of the recordings are", len(groups))}
}

func showTally(w io.Writer, t *rule.Tally) {
	kinds := table{head: []string{"KIND", ">TRIED", ">REFUSED"}}
	for _, k := range t.Kinds {
		kinds.add(k.Kind, k.Tried, k.Refused)
	}
	kinds.write(w)
	for _, r := range t.Reasons {
		fmt.Fprintf(w, "\n%s of %s: %d\n", r.Reason, r.Kind, r.Count)
		for _, e := range r.Examples {
			fmt.Fprintf(w, "  %s  %s of %s: %s\n", e.At.UTC().Format(time.DateTime), e.Stream, e.Patient, e.Clause)
		}
		if n := r.Count - len(r.Examples); n > 0 {
			fmt.Fprintf(w, "  and %d more\n", n)
		}
	}
	fmt.Fprintf(w, "\n%d of %d readings would be refused, %.3g %%\n", t.Refused, t.Tried, t.Share())
}
