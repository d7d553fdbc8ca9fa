package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// appCommand deploys applications and shows what runs where and why.
func appCommand() *cobra.Command {
	var to reach
	var out output
	cmd := &cobra.Command{
		Use:   "app",
		Short: "Deploy applications, and see what runs where and why",
		Example: `  wardflow app plan ward.calvin
  wardflow app diff ward.calvin
  wardflow app deploy ward.calvin
  wardflow app show ward
  wardflow app stop ward`,
		RunE: onlySubcommands,
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.AddCommand(appPlanCommand(&to, &out), appDiffCommand(&to, &out), appDeployCommand(&to, &out), appListCommand(&to, &out), appShowCommand(&to, &out), appStopCommand(&to))
	return cmd
}

// ask runs one command against a node, and says how to mend what went wrong.
func ask(to *reach, do func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c, err := to.client()
		if err != nil {
			return err
		}
		defer c.Close()
		err = do(cmd.Context(), c, cmd, args)
		if errors.Is(err, control.ErrNotFound) {
			s, _ := c.Snapshot(cmd.Context()) // without it there is nothing to suggest
			err = meant(s, err, args)
		}
		return mend(err)
	}
}

// noApps is why a list of applications is empty, or one of what they are made of.
const noApps = "nothing is deployed: `wardflow app deploy FILE` deploys a script"

// noneOf is why a list of what applications are made of is empty, where only that
// of one of them was asked for, or of all.
func noneOf(s *control.Snapshot, what, app string) string {
	if len(s.Apps) == 0 {
		return noApps
	}
	if app == "" {
		return "the applications have no " + what
	}
	apps := sorts[0].of(s)
	if slices.Contains(apps, app) {
		return fmt.Sprintf("the application %s has no %s", app, what)
	}
	return fmt.Sprintf("no application is called %s: there is %s", app, strings.Join(apps, ", "))
}

func appListCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the applications",
		Example: "  wardflow app list",
		Args:    takes(0, "nothing but flags"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
			s, err := snapshot(ctx, c, cmd)
			if err != nil {
				return err
			}
			apps := s.Apps
			t := &table{head: []string{"NAME", "STATE", ">ACTORS", ">REVISION", "DEPLOYED", "BY"}}
			for _, a := range apps {
				t.add(a.Name, a.State, fmt.Sprintf("%d/%d", a.Running, a.Actors), revision(&a), a.At.UTC().Format(time.DateTime), a.By)
			}
			return out.list(cmd, control.List[control.App]{APIVersion: control.APIVersion, Items: apps}, t, noApps)
		}),
	}
}

func appShowCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "show NAME",
		Short:   "Show what runs where and why, and the state of its links",
		Example: "  wardflow app show ward",
		Args:    takes(1, "the name of an application"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			app, err := c.App(ctx, args[0])
			if err != nil {
				return err
			}
			warn(ctx, c, cmd)
			return out.write(cmd.OutOrStdout(), app, func(w io.Writer) { showApp(w, app) })
		}),
	}
}

// revision is which deployment of its name an application is: 3, or "-" where that
// was not counted yet.
func revision(a *control.App) string {
	if a.Revision == 0 {
		return "-"
	}
	return strconv.FormatUint(a.Revision, 10)
}

// showApp tells of each host what runs on it and why, then of each link.
func showApp(w io.Writer, app *control.AppDetail) {
	fmt.Fprintf(w, "%s is %s: %d of %d actors run, revision %s, deployed %s by %s\n", app.Name, app.State, app.Running, app.App.Actors, revision(&app.App), app.At.UTC().Format(time.DateTime), app.By)
	if app.Why != "" {
		fmt.Fprintf(w, "  %s\n", app.Why)
	}
	var nodes []flow.NodeID
	on := map[flow.NodeID][]control.ActorState{}
	for _, a := range app.Parts {
		if _, seen := on[a.Node]; !seen {
			nodes = append(nodes, a.Node)
		}
		on[a.Node] = append(on[a.Node], a)
	}
	for _, node := range nodes {
		if node == "" {
			showWaiting(w, on[node])
			continue
		}
		fmt.Fprintf(w, "\non %s\n", node)
		t := table{head: []string{"  ACTOR", "TYPE", "STATE", ">RATE", ">ERRORS", "WHY HERE"}}
		for _, a := range on[node] {
			t.add("  "+a.ID.Local(), a.Type, a.State, perSecond(a.PerSecond), a.Errors, strings.Join(a.Why, "; "))
		}
		t.write(w)
		for _, a := range on[node] {
			if said := remarks(a); len(said) > 0 {
				fmt.Fprintf(w, "  %s: %s\n", a.ID.Local(), strings.Join(said, "; "))
			}
		}
	}
	fmt.Fprintln(w, "\nlinks")
	linkTable(app.Links, "  ", local).write(w)
}

// showWaiting tells of actors that no host is fit for: what each host lacks.
// They start by themselves when one joins that is.
func showWaiting(w io.Writer, actors []control.ActorState) {
	fmt.Fprintln(w, "\non no host, until one joins that is fit")
	for _, a := range actors {
		fmt.Fprintf(w, "  %s  %s  %s\n", a.ID.Local(), a.Type, a.State)
		for _, why := range a.Why {
			fmt.Fprintf(w, "    %s\n", why)
		}
		if a.LastError != "" {
			fmt.Fprintf(w, "    %s\n", a.LastError)
		}
	}
}

func appStopCommand(to *reach) *cobra.Command {
	return &cobra.Command{
		Use:     "stop NAME",
		Short:   "Stop an application and remove it everywhere",
		Example: "  wardflow app stop ward",
		Args:    takes(1, "the name of an application"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			if err := c.Stop(ctx, args[0]); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "stopped %s\n", args[0])
			return nil
		}),
	}
}
