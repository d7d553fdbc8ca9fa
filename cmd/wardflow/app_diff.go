package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// errDiffers is no failure: the exit code alone says that something differs.
var errDiffers = exitError{errors.New("it differs"), exitDiffers}

// A difference is how a script differs from what runs under its name.
type difference struct {
	APIVersion   string            `json:"apiVersion"`
	App          string            `json:"app"`
	Runs         bool              `json:"runs"`    // an application of this name runs
	Differs      bool              `json:"differs"` // always, where none runs
	Actors       []control.Planned `json:"actors"`  // those that are added, removed or changed
	LinksAdded   []flow.Link       `json:"linksAdded,omitempty"`
	LinksRemoved []flow.Link       `json:"linksRemoved,omitempty"`
}

func appDiffCommand(to *reach, out *output) *cobra.Command {
	var name string
	var exit bool
	var from sources
	cmd := &cobra.Command{
		Use:   "diff FILE",
		Short: "Show how a script differs from what runs, and change nothing",
		Long: `Shows how a script differs from the application of its name that runs: actors and
links that are added or removed, and what is different about the others. Where
they will run is what "app plan" tells.`,
		Example: "  wardflow app diff ward.calvin\n  wardflow app diff ward.calvin --exit-code || wardflow app deploy ward.calvin",
		Args:    takes(1, "a script"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			plan, err := planOf(ctx, c, cmd, &from, args[0], name)
			if err != nil {
				return err
			}
			diff := differs(plan)
			err = out.write(cmd.OutOrStdout(), diff, func(w io.Writer) { showDifference(w, asAdded(plan)) })
			if err == nil && exit && diff.Differs {
				err = errDiffers
			}
			return err
		}),
	}
	nameFlag(cmd, &name)
	exitCodeFlag(cmd, &exit, "something differs")
	from.flags(cmd)
	return cmd
}

// exitCodeFlag is as diff has it, but for the number: 1 is a failure here.
func exitCodeFlag(cmd *cobra.Command, exit *bool, when string) {
	cmd.Flags().BoolVar(exit, "exit-code", false, "exit with 10 if "+when)
}

// differs is what of a plan is about the script, not about hosts.
func differs(plan *control.PlanResult) difference {
	d := difference{APIVersion: control.APIVersion, App: plan.App, Runs: replaces(plan), Actors: []control.Planned{}, LinksAdded: plan.LinksAdded, LinksRemoved: plan.LinksRemoved}
	plan = asAdded(plan)
	for _, p := range plan.Actors {
		if p.Difference != control.Kept {
			d.Actors = append(d.Actors, p)
		}
	}
	d.LinksAdded = plan.LinksAdded
	d.Differs = len(d.Actors)+len(d.LinksAdded)+len(d.LinksRemoved) > 0
	return d
}

// asAdded says of a plan where nothing runs yet that all of it is added.
func asAdded(plan *control.PlanResult) *control.PlanResult {
	if replaces(plan) {
		return plan
	}
	all := *plan
	all.Actors, all.LinksAdded = nil, plan.Links
	for _, p := range plan.Actors {
		p.Difference = control.Added
		all.Actors = append(all.Actors, p)
	}
	return &all
}

// changes reports whether a plan does anything.
func changes(plan *control.PlanResult) bool {
	for _, p := range plan.Actors {
		if p.Change != control.ChangeKeep {
			return true
		}
	}
	return differs(plan).Differs
}
