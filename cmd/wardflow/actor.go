package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// actorCommand looks at actors one by one, asks them, and lets them go on.
func actorCommand() *cobra.Command {
	var to reach
	var out output
	cmd := &cobra.Command{
		Use:   "actor",
		Short: "See actors, ask them, move them, and look at what they could not take",
		Example: `  wardflow actor list --app ward
  wardflow actor show ward:bed1:check
  wardflow actor move ward:bed1:check records --wait
  wardflow actor letters ward:bed1:check`,
		RunE: onlySubcommands,
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.AddCommand(actorListCommand(&to, &out), actorShowCommand(&to, &out), actorLogsCommand(&to, &out), actorReportCommand(&to), actorLettersCommand(&to, &out), actorResumeCommand(&to), actorMoveCommand(&to), actorScaleCommand(&to))
	return cmd
}

func actorListCommand(to *reach, out *output) *cobra.Command {
	var app string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the actors: where they run, how often they fire, what is wrong",
		Example: "  wardflow actor list --app ward",
		Args:    takes(0, "nothing but flags"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
			s, err := snapshot(ctx, c, cmd)
			if err != nil {
				return err
			}
			actors := []control.ActorState{}
			for _, a := range s.Actors {
				if app == "" || a.App == app {
					actors = append(actors, a)
				}
			}
			return out.list(cmd, control.List[control.ActorState]{APIVersion: control.APIVersion, Items: actors}, actorTable(actors), noneOf(s, "actors", app))
		}),
	}
	cmd.Flags().StringVar(&app, "app", "", "only the actors of this application")
	return cmd
}

func actorTable(actors []control.ActorState) *table {
	t := &table{head: []string{"ACTOR", "TYPE", "NODE", "STATE", ">FIRINGS", ">ERRORS", ">LETTERS", "REMARKS"}}
	for _, a := range actors {
		t.add(a.ID, a.Type, or(string(a.Node), "none"), a.State, a.Firings, a.Errors, a.Letters, strings.Join(remarks(a), "; "))
	}
	return t
}

// remarks are what is out of the ordinary about an actor.
func remarks(a control.ActorState) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if a.LastError != "" {
		add("%s", a.LastError)
	}
	if a.Node == "" {
		out = append(out, a.Why...)
	}
	if r := a.Replica; r != nil && r.Ending {
		add("replica %d of %s, finishing what it holds", r.Number, r.Of.Local())
	} else if r != nil {
		add("replica %d of %s", r.Number, r.Of.Local())
	}
	if a.Pinned != nil {
		add("moved there by %s", a.Pinned.By)
	}
	if a.Stays != "" {
		add("can't leave: %s", a.Stays)
	}
	switch {
	case a.Lease != nil && a.Lease.Left > 0:
		add("exclusive: %s holds its lease for %.1f s", a.Lease.Node, a.Lease.Left)
	case a.Lease != nil:
		add("exclusive: the lease of %s has ended", a.Lease.Node)
	case a.Exclusive:
		add("exclusive")
	}
	if a.Local {
		add("kept on its node's disk")
	}
	if a.Spool != nil {
		add("%s", waiting(a.Spool))
	}
	return out
}

// waiting is what a spool holds: "1200 tokens (372 kB) on disk, oldest 6m40s,
// 12 dropped".
func waiting(s *control.SpoolState) string {
	said := fmt.Sprintf("%s (%s) on disk", count(int(s.Tokens), "token"), size(s.Bytes))
	if s.Tokens > 0 {
		said += fmt.Sprintf(", oldest %s", time.Duration(s.Oldest*float64(time.Second)).Round(time.Second))
	}
	if s.Dropped > 0 {
		said += fmt.Sprintf(", %d dropped", s.Dropped)
	}
	return said
}

// size is a number of bytes for people, by thousands as the page has it: "1.5 GB".
func size(bytes uint64) string {
	v, unit := float64(bytes), "B"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if v < 999.5 {
			break
		}
		v, unit = v/1000, next
	}
	if unit == "B" || v >= 99.5 {
		return fmt.Sprintf("%.0f %s", v, unit)
	}
	return fmt.Sprintf("%.1f %s", v, unit)
}

func actorReportCommand(to *reach) *cobra.Command {
	var given constants
	cmd := &cobra.Command{
		Use:   "report ACTOR",
		Short: "Ask an actor; what it answers is printed as JSON",
		Long: "Ask an actor wherever it runs; what it answers is printed as JSON. test.Sink gives the\n" +
			"tokens it keeps, kappa.Source takes a value, kappa.Sink gives results.",
		Example: "  wardflow actor report lab:snk\n  wardflow actor report lab:src --arg value=37.2",
		Args:    takes(1, "an actor, as APP:NAME"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, names []string) error {
			v, err := c.Report(ctx, flow.ActorID(names[0]), given)
			if err != nil {
				return err
			}
			b, err := flow.MarshalValue(v)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", b)
			return err
		}),
	}
	cmd.Flags().Var(&given, "arg", "NAME=VALUE: what to hand to the actor, in JSON or as it is; may be given more than once")
	return cmd
}

func actorLettersCommand(to *reach, out *output) *cobra.Command {
	var drop uint64
	cmd := &cobra.Command{
		Use:   "letters ACTOR",
		Short: "Show the dead letters of an actor: what it could not take, and why",
		Long: "Show the dead letters of an actor: the tokens of firings that did not happen, and why.\n" +
			"They may hold patient data, so only staff sees them. A script gets them instead when it\n" +
			"links the actor's port dead_letter.",
		Example: "  wardflow actor letters ward:bed1:sum\n  wardflow actor letters ward:bed1:sum --drop 7",
		Args:    takes(1, "an actor, as APP:NAME"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, names []string) error {
			if drop > 0 {
				if err := c.DropLetters(ctx, flow.ActorID(names[0]), drop); err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "took out the dead letters of %s up to %d\n", names[0], drop)
				return nil
			}
			letters, err := c.Letters(ctx, flow.ActorID(names[0]))
			if err != nil {
				return err
			}
			t := &table{head: []string{">NO", "AT", "WHY", "TOKENS"}}
			for _, l := range letters {
				tokens, err := json.Marshal(l.Tokens)
				if err != nil {
					tokens = []byte(err.Error())
				}
				t.add(l.Number, l.At.Format("2006-01-02 15:04:05"), l.Why, string(tokens))
			}
			return out.list(cmd, control.List[control.Letter]{APIVersion: control.APIVersion, Items: letters}, t, names[0]+" has no dead letters")
		}),
	}
	cmd.Flags().Uint64Var(&drop, "drop", 0, "take the letters up to this number out instead of showing them")
	return cmd
}

func actorResumeCommand(to *reach) *cobra.Command {
	return &cobra.Command{
		Use:     "resume ACTOR",
		Short:   "Let an actor go on that stopped after a fault",
		Example: "  wardflow actor resume ward:bed1:sum",
		Args:    takes(1, "an actor, as APP:NAME"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, names []string) error {
			if err := c.Resume(ctx, flow.ActorID(names[0])); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s goes on\n", names[0])
			return nil
		}),
	}
}
