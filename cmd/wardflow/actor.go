package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

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
		Short: "See actors, ask them, and look at what they could not take",
		Example: `  wardflow actor list --app ward
  wardflow actor letters ward:bed1:check`,
		RunE: onlySubcommands,
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.AddCommand(actorListCommand(&to, &out), actorReportCommand(&to), actorLettersCommand(&to, &out), actorResumeCommand(&to))
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
			s, err := c.Snapshot(ctx)
			if err != nil {
				return err
			}
			actors := []control.ActorState{}
			for _, a := range s.Actors {
				if app == "" || a.App == app {
					actors = append(actors, a)
				}
			}
			return out.write(cmd.OutOrStdout(), control.List[control.ActorState]{APIVersion: control.APIVersion, Items: actors}, func(w io.Writer) {
				actorTable(actors).write(w)
			})
		}),
	}
	cmd.Flags().StringVar(&app, "app", "", "only the actors of this application")
	return cmd
}

func actorTable(actors []control.ActorState) *table {
	t := &table{head: []string{"ACTOR", "TYPE", "NODE", "STATE", ">FIRINGS", ">ERRORS", ">LETTERS", "LAST ERROR"}}
	for _, a := range actors {
		t.add(a.ID, a.Type, or(string(a.Node), "none"), a.State, a.Firings, a.Errors, a.Letters, a.LastError)
	}
	return t
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
				return c.DropLetters(ctx, flow.ActorID(names[0]), drop)
			}
			letters, err := c.Letters(ctx, flow.ActorID(names[0]))
			if err != nil {
				return err
			}
			return out.write(cmd.OutOrStdout(), control.List[control.Letter]{APIVersion: control.APIVersion, Items: letters}, func(w io.Writer) {
				t := &table{head: []string{">NO", "AT", "WHY", "TOKENS"}}
				for _, l := range letters {
					tokens, err := json.Marshal(l.Tokens)
					if err != nil {
						tokens = []byte(err.Error())
					}
					t.add(l.Number, l.At.Format("2006-01-02 15:04:05"), l.Why, string(tokens))
				}
				t.write(w)
			})
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
