package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// An actorView is an actor with its links and what was heard of it.
type actorView struct {
	APIVersion string `json:"apiVersion"`
	control.ActorState
	Links  []control.LinkState `json:"links"`
	Events []control.Event     `json:"events"` // newest first
}

func actorShowCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:   "show ACTOR",
		Short: "Show one actor: where it runs and why, its links, what went wrong",
		Long: `Shows one actor: where it runs and why there, what speaks for it, how it does, what
it judged and by which rules, its links, and what was heard of it lately.`,
		Example: "  wardflow actor show ward:bed1:check",
		Args:    takes(1, "an actor, as APP:NAME"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			s, err := snapshot(ctx, c, cmd)
			if err != nil {
				return err
			}
			a, err := actorIn(s, flow.ActorID(args[0]))
			if err != nil {
				return err
			}
			v := actorView{control.APIVersion, *a, linksOf(s, a.ID), []control.Event{}}
			for _, e := range s.Events {
				if e.Actor == a.ID {
					v.Events = append(v.Events, e)
				}
			}
			return out.write(cmd.OutOrStdout(), v, func(w io.Writer) { showOneActor(w, &v) })
		}),
	}
}

// linksOf are the links that begin or end at an actor.
func linksOf(s *control.Snapshot, id flow.ActorID) []control.LinkState {
	links := []control.LinkState{}
	for _, l := range s.Links {
		if l.From.Actor == id || l.To.Actor == id {
			links = append(links, l)
		}
	}
	return links
}

func showOneActor(w io.Writer, v *actorView) {
	var s sheet
	a := v.ActorState
	s.add("actor", a.ID)
	s.add("type", a.Type)
	s.addf("state", "%s on %s, epoch %d", a.State, or(string(a.Node), "no host"), a.Epoch)
	for i, why := range a.Why {
		s.add([]string{"why there", ""}[min(i, 1)], why)
	}
	s.add("speaks as", or(a.Speaks, "its node"))
	s.addf("firings", "%d, %s; %d failed", a.Firings, perSecond(a.PerSecond), a.Errors)
	if a.Letters > 0 {
		s.addf("letters", "%d: wardflow actor letters %s", a.Letters, a.ID)
	}
	s.add("in-ports", strings.Join(a.In, ", "))
	s.add("out-ports", strings.Join(a.Out, ", "))
	for i, said := range remarks(a) {
		s.add([]string{"remarks", ""}[min(i, 1)], said)
	}
	if j := a.Judged; j != nil {
		s.addf("judges by", "version %d of the rules at %s, block %d, epoch %d", j.Version, j.Rule, j.Block, j.Epoch)
		s.addf("accepted", "%d", j.Accepted)
		for i, reason := range slices.Sorted(maps.Keys(j.Refused)) {
			s.addf([]string{"refused", ""}[min(i, 1)], "%d: %s", j.Refused[reason], reason)
		}
	}
	s.write(w)
	section(w, "links", linkTable(v.Links, "", full))
	t := &table{head: []string{"AT", "WHAT"}}
	for _, e := range v.Events[:min(len(v.Events), 5)] {
		t.add(stamp(e.At), e.Text)
	}
	section(w, "lately", t)
	if more := len(v.Events) - 5; more > 0 {
		fmt.Fprintf(w, "and %d more: wardflow actor logs %s\n", more, a.ID)
	}
}
