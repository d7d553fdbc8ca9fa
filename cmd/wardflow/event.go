package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// eventCommand is about what happened to the cluster.
func eventCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "event",
		Short:   "See what happened: who came and went, what was deployed, moved, refused",
		Example: "  wardflow event list --bad\n  wardflow event list --follow",
		RunE:    onlySubcommands,
	}
	cmd.AddCommand(eventListCommand())
	return cmd
}

// An eventFilter is which events are wanted; its zero value is all of them.
type eventFilter struct {
	kind, node, app, find string
	bad                   bool
}

func (f *eventFilter) flags(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.kind, "kind", "", "only those whose kind begins so, such as node or link-refused")
	fl.StringVar(&f.node, "on", "", "only what this `NODE` tells, or what happened to it")
	fl.StringVar(&f.app, "app", "", "only what belongs to this application")
	fl.StringVar(&f.find, "find", "", "only those with these `WORDS`")
	fl.BoolVar(&f.bad, "bad", false, "only trouble")
}

func (f *eventFilter) wants(e *toldEvent) bool {
	text := strings.ToLower(strings.Join([]string{e.Text, string(e.Actor), string(e.Link), e.Peer}, " "))
	for _, word := range strings.Fields(strings.ToLower(f.find)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return strings.HasPrefix(string(e.Kind), f.kind) && (f.app == "" || e.App == f.app) && (!f.bad || e.Bad) &&
		(f.node == "" || slices.Contains(e.Tellers, flow.NodeID(f.node)) || e.About == flow.NodeID(f.node))
}

func eventListCommand() *cobra.Command {
	var to reach
	var out output
	var f eventFilter
	var follow bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what happened lately, oldest first",
		Long: `Lists what the nodes tell of what happened lately, oldest first: nodes that came and
went, applications that were deployed and stopped, actors that were started, moved and
faulted, links and callers that were refused, changes of the rules and of the register.
What several nodes tell is listed once, with all who tell of it. Each node remembers its
last 200. Who did what is on record for good: "wardflow audit list".

With --follow it goes on until it is interrupted; with -o json each is a line.`,
		Example: "  wardflow event list --bad\n  wardflow event list --kind node --on bedside\n  wardflow event list --app ward --follow",
		Args:    takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	f.flags(cmd)
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what happens from now on")
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
		s, err := snapshot(ctx, c, cmd)
		if err != nil {
			return err
		}
		r := eventReader{f: f, seen: map[control.Event]bool{}}
		events := r.read(s)
		if !follow {
			none := "nothing is remembered"
			if len(s.Events) > 0 {
				none = fmt.Sprintf("none of the %s that are remembered is what you ask for", count(len(s.Events), "event"))
			}
			return out.lines(cmd, events, len(events), func(w io.Writer) { writeEvents(w, events) }, none)
		}
		return r.follow(ctx, c, cmd.OutOrStdout(), out, events)
	})
	return cmd
}

// An eventReader takes from one snapshot after the other what is new.
type eventReader struct {
	f    eventFilter
	seen map[control.Event]bool // of the newest snapshot
}

// read is what was not read before, the oldest first. Who tells of it later than
// others says nothing new. The number of an event is that of a snapshot, and says
// nothing of another.
func (r *eventReader) read(s *control.Snapshot) []toldEvent {
	fresh, seen := []toldEvent{}, map[control.Event]bool{}
	for _, t := range told(s.Events) {
		known := false
		for _, e := range t.each {
			e.Seq = 0
			seen[e] = true
			known = known || r.seen[e]
		}
		if t.Seq = 0; !known && r.f.wants(&t) {
			fresh = append(fresh, t)
		}
	}
	r.seen = seen
	return fresh
}

func (r *eventReader) follow(ctx context.Context, c *control.Client, w io.Writer, out output, events []toldEvent) error {
	write := func(events []toldEvent) error {
		for _, e := range events {
			if err := out.writeLine(w, e, func(w io.Writer) { writeEvents(w, []toldEvent{e}) }); err != nil {
				return err
			}
		}
		return nil
	}
	if err := write(events); err != nil {
		return err
	}
	var failed error
	err := keepWatching(ctx, c, newProgress(io.Discard), func(s *control.Snapshot) bool {
		failed = write(r.read(s))
		return failed == nil
	})
	return errors.Join(failed, err)
}

// writeEvents writes a line each, so that more can follow below.
func writeEvents(w io.Writer, events []toldEvent) {
	for _, e := range events {
		code, mark := plain, " "
		if e.Bad {
			code, mark = bad, "!"
		}
		fmt.Fprintf(w, "%s  %s %s  %s%s\n", stamp(e.At), mark, colour(w, code, fmt.Sprintf("%-15s", e.Kind)), inCell(e.Text), colour(w, dim, still(e.tellers())))
	}
}
