package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

func appPlanCommand(to *reach, out *output) *cobra.Command {
	var name string
	var exit bool
	var from sources
	cmd := &cobra.Command{
		Use:     "plan FILE",
		Short:   "Show what deploying a script would change, and change nothing",
		Example: "  wardflow app plan ward.calvin\n  wardflow app plan ward.calvin --exit-code",
		Args:    takes(1, "a script"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			plan, err := planOf(ctx, c, cmd, &from, args[0], name)
			if err != nil {
				return err
			}
			err = out.write(cmd.OutOrStdout(), plan, func(w io.Writer) { showPlan(w, plan) })
			if err == nil && exit && changes(plan) {
				err = errDiffers
			}
			return err
		}),
	}
	nameFlag(cmd, &name)
	exitCodeFlag(cmd, &exit, "it would change something")
	from.flags(cmd)
	return cmd
}

// planOf asks the node what deploying a script would change. What there is to say
// of the script is written.
func planOf(ctx context.Context, c *control.Client, cmd *cobra.Command, from *sources, file, name string) (*control.PlanResult, error) {
	d, err := deployment(cmd, from, file, name)
	if err != nil {
		return nil, err
	}
	plan, err := c.Plan(ctx, d)
	if err != nil {
		return nil, explain(cmd.ErrOrStderr(), err)
	}
	writeIssues(cmd.ErrOrStderr(), plan.Issues)
	return plan, nil
}

func nameFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "name", "", "what to call the application (default the file's name without .calvin)")
}

// showPlan tells of each actor what becomes of it, and sums up.
func showPlan(w io.Writer, plan *control.PlanResult) {
	t := table{head: []string{"CHANGE", "ACTOR", "TYPE", "NODE", "WHY"}}
	sum := map[control.Change]int{}
	for _, p := range plan.Actors {
		sum[p.Change]++
		node := string(p.Node)
		if p.Change == control.ChangeMove {
			node = string(p.From) + " to " + node
		}
		t.add(p.Change, p.ID.Local(), p.Type, node, strings.Join(p.Why, "; "))
	}
	t.write(w)
	var parts []string
	for _, c := range []control.Change{control.ChangeStart, control.ChangeMove, control.ChangeStop, control.ChangeWait, control.ChangeKeep} {
		if sum[c] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", sum[c], c))
		}
	}
	fmt.Fprintf(w, "\n%s: %s; %d links\n", plan.App, strings.Join(parts, ", "), len(plan.Links))
	if replaces(plan) {
		fmt.Fprintln(w)
		showDifference(w, plan)
	}
}

func appDeployCommand(to *reach, out *output) *cobra.Command {
	var name string
	var from sources
	p := patience{wait: true}
	var detach bool
	cmd := &cobra.Command{
		Use:   "deploy FILE",
		Short: "Run a script; of an application of the same name, only what differs is touched",
		Long: `Runs a script. If an application of the same name runs, only what differs is
touched: actors that stay the same keep their state and their tokens, and run on.

The script, and what it includes, is signed with your certificate, which must be
that of somebody who may deploy it. The signature goes with the application to
every node: none runs what was not signed, or not just so.`,
		Example: `  wardflow app deploy ward.calvin
  wardflow app deploy ward.calvin --name night --wait=2m`,
		Args: takes(1, "a script"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			d, err := deployment(cmd, &from, args[0], name)
			if err != nil {
				return err
			}
			// What it will change is shown before it does. If that can't be
			// said, Deploy says why.
			if plan, err := c.Plan(ctx, d); err == nil && replaces(plan) {
				showDifference(cmd.ErrOrStderr(), plan)
			}
			app, err := c.Deploy(ctx, d)
			if err != nil {
				return explain(cmd.ErrOrStderr(), err)
			}
			if p.wait && !detach {
				if app, err = settled(ctx, c, app, p.most, cmd.ErrOrStderr()); err != nil {
					return err
				}
			}
			return out.write(cmd.OutOrStdout(), app, func(w io.Writer) {
				fmt.Fprintf(w, "deployed %s, revision %s: %d of %d actors run\n", app.Name, revision(app), app.Running, app.Actors)
			})
		}),
	}
	nameFlag(cmd, &name)
	from.flags(cmd)
	p.flags(cmd, "all its actors run")
	cmd.Flags().BoolVar(&detach, "detach", false, "do not wait")
	return cmd
}

// deployment reads a script and what it includes: the node that agrees to it
// does not see our files. Its name is the file's, unless one is given.
func deployment(cmd *cobra.Command, from *sources, file, name string) (control.Deployment, error) {
	f, err := from.load(cmd, file)
	if err != nil {
		return control.Deployment{}, fmt.Errorf("the script: %w", err)
	}
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(file), ".calvin")
	}
	d := control.Deployment{Name: name, Script: string(f.Texts[0].Src), File: file}
	for _, t := range f.Texts[1:] {
		called := strings.TrimSuffix(filepath.Base(t.Name), ".calvin")
		if old, ok := d.Includes[called]; ok && old != string(t.Src) {
			return d, fmt.Errorf("%s includes two files called %s.calvin with different texts: give one of them another name", file, called)
		}
		if d.Includes == nil {
			d.Includes = map[string]string{}
		}
		d.Includes[called] = string(t.Src)
	}
	return d, nil
}

// settled waits until the deployed version runs with all its actors.
func settled(ctx context.Context, c *control.Client, app *control.App, wait time.Duration, to io.Writer) (*control.App, error) {
	within, cancel := context.WithTimeoutCause(ctx, wait, errWaited)
	defer cancel()
	last := *app
	var why []string
	show := newProgress(to)
	err := keepWatching(within, c, show, func(s *control.Snapshot) bool {
		for _, a := range s.Apps {
			if a.Name == app.Name && a.Version >= app.Version {
				last = a
			}
		}
		why = notRunning(s, app.Name)
		show.say(fmt.Sprintf("%s: %d of %d actors run", last.Name, last.Running, last.Actors))
		return last.State != control.Running
	})
	show.end()
	if errors.Is(err, errWaited) {
		if why == nil { // the time was too short for one look
			if s, err := c.Snapshot(ctx); err == nil {
				why = notRunning(s, app.Name)
			}
		}
		return nil, timedOut(fmt.Errorf("%s was deployed, but does not run with all its actors after %s\n  %s\n  `wardflow app show %s` tells more", app.Name, wait, strings.Join(why, "\n  "), app.Name))
	}
	if err != nil {
		return nil, err
	}
	return &last, nil
}

var errWaited = errors.New("waited long enough")

// notRunning says of each actor that does not run, why.
func notRunning(s *control.Snapshot, app string) []string {
	var why []string
	for _, a := range s.Actors {
		if a.App == app && a.State != control.Running {
			reason := or(a.LastError, strings.Join(a.Why, "; "))
			why = append(why, fmt.Sprintf("%s is %s on %s: %s", a.ID.Local(), a.State, or(string(a.Node), "no host"), or(reason, "no reason given")))
		}
	}
	return why
}

// explain writes the issues of a script that does not compile, one a line, and
// leaves a short error.
func explain(w io.Writer, err error) error {
	var script *control.ScriptError
	if !errors.As(err, &script) {
		return err
	}
	writeIssues(w, script.Issues)
	return fmt.Errorf("mistakes in the script: %d; nothing was changed", len(script.Mistakes()))
}

// writeIssues writes issues for people and editors. Notes are left to
// `wardflow check -v`.
func writeIssues(w io.Writer, issues []control.Issue) {
	for _, i := range issues {
		if i.Severity == "note" {
			continue
		}
		fmt.Fprintln(w, still(fmt.Sprint(i)))
		if i.Hint != "" {
			fmt.Fprintln(w, "  hint:", still(i.Hint))
		}
	}
}

// placeOf is where a link's end is, for a table.
func placeOf(from, to flow.NodeID) string {
	if from == to {
		return string(from)
	}
	return or(string(from), "?") + " > " + or(string(to), "?")
}
