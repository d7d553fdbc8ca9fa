package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A logLine is one thing that an actor did or that happened to it.
type logLine struct {
	At    time.Time    `json:"at"`
	Actor flow.ActorID `json:"actor"`
	Kind  string       `json:"kind"` // an event's, or "refused" or "letter"
	Text  string       `json:"text"`
	Bad   bool         `json:"bad,omitempty"`
}

func actorLogsCommand(to *reach, out *output) *cobra.Command {
	var follow bool
	var most int
	cmd := &cobra.Command{
		Use:   "logs ACTOR",
		Short: "Show what happened to an actor: starts, moves, faults, refusals, dead letters",
		Long: `Shows what happened to an actor, the oldest first: that it was started, moved or
stopped, its faults, the links that it lost, the readings that it refused and the
tokens that it could not take, as far as the node that is asked remembers. Values
and devices stand there for who has the right to see them.

With --follow it goes on until it is interrupted; with -o json each is a line.
Actors print nothing of their own; what their hosts log is in the journal there.`,
		Example: "  wardflow actor logs ward:bed1:check\n  wardflow actor logs ward:bed1:check --follow",
		Args:    takes(1, "an actor, as APP:NAME"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			if most < 0 {
				return usageError{fmt.Errorf("--tail %d: want how many lines, or 0 for all", most)}
			}
			l := &logReader{of: flow.ActorID(args[0]), c: c, seen: map[logLine]bool{}}
			s, err := snapshot(ctx, c, cmd)
			if err != nil {
				return err
			}
			lines := l.read(ctx, s)
			if len(lines) == 0 {
				if _, err := actorIn(s, l.of); err != nil {
					return err
				}
			}
			if most > 0 {
				lines = lines[max(0, len(lines)-most):]
			}
			if !follow {
				return out.lines(cmd, lines, len(lines), func(w io.Writer) { writeLog(w, lines) }, fmt.Sprintf("node %s remembers nothing of %s", s.Node, l.of))
			}
			return l.follow(ctx, cmd, *out, lines)
		}),
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what happens from now on")
	cmd.Flags().IntVar(&most, "tail", 0, "only the last so many of what there is; 0: all")
	return cmd
}

// A logReader gathers the lines of an actor from one snapshot after the other.
type logReader struct {
	of      flow.ActorID
	c       *control.Client
	seen    map[logLine]bool // of the newest snapshot, and letters
	letters uint64           // how many the actor had when they were last fetched
	denied  bool             // we may not see them
}

// read is what was not read before, the oldest first.
func (l *logReader) read(ctx context.Context, s *control.Snapshot) []logLine {
	now := []logLine{}
	for _, e := range s.Events {
		if e.Actor == l.of || l.touches(e.Link) {
			now = append(now, logLine{e.At, l.of, string(e.Kind), e.Text, e.Bad})
		}
	}
	for _, r := range s.Refusals {
		if r.Actor == l.of {
			now = append(now, logLine{r.At, l.of, "refused", refusal(r), true})
		}
	}
	now = append(now, l.deadLetters(ctx, s)...)
	slices.SortStableFunc(now, func(a, b logLine) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Text, b.Text)) })
	fresh := slices.DeleteFunc(slices.Clone(now), func(line logLine) bool { return l.seen[line] })
	for line := range l.seen {
		if line.Kind != "letter" {
			delete(l.seen, line)
		}
	}
	for _, line := range now {
		l.seen[line] = true
	}
	return fresh
}

// touches reports whether a link begins or ends at the actor.
func (l *logReader) touches(id flow.LinkID) bool {
	link, err := flow.ParseLinkID(id)
	return err == nil && (link.From.Actor == l.of || link.To.Actor == l.of)
}

// deadLetters asks for them when there are more than before. They may hold
// patient data: here stands only why they are there.
func (l *logReader) deadLetters(ctx context.Context, s *control.Snapshot) []logLine {
	i := slices.IndexFunc(s.Actors, func(a control.ActorState) bool { return a.ID == l.of })
	if i < 0 || s.Actors[i].Letters == l.letters || l.denied {
		return nil
	}
	l.letters = s.Actors[i].Letters
	letters, err := l.c.Letters(ctx, l.of)
	l.denied = errors.Is(err, control.ErrDenied)
	lines := make([]logLine, len(letters))
	for i, letter := range letters {
		lines[i] = logLine{letter.At, l.of, "letter", fmt.Sprintf("could not take tokens (letter %d): %s", letter.Number, letter.Why), true}
	}
	return lines
}

// refusal is a refusal in a sentence.
func refusal(r control.Refusal) string {
	what := or(r.Name, r.Kind)
	if r.Value != "" {
		what += " " + r.Value
	}
	if r.Device != "" {
		what += " of " + r.Device
	}
	said := fmt.Sprintf("refused %s: %s", what, r.Reason)
	if r.Clause != "" {
		said += " (" + r.Clause + ")"
	}
	return said
}

// follow writes the lines that there are, and those to come.
func (l *logReader) follow(ctx context.Context, cmd *cobra.Command, out output, lines []logLine) error {
	w := cmd.OutOrStdout()
	write := func(lines []logLine) error {
		for _, line := range lines {
			if err := out.writeLine(w, line, func(w io.Writer) { writeLog(w, []logLine{line}) }); err != nil {
				return err
			}
		}
		return nil
	}
	if err := write(lines); err != nil {
		return err
	}
	var failed error
	show := newProgress(io.Discard)
	err := keepWatching(ctx, l.c, show, func(s *control.Snapshot) bool {
		failed = write(l.read(ctx, s))
		return failed == nil
	})
	return errors.Join(failed, err)
}

// writeLog writes a line each, so that more can follow below.
func writeLog(w io.Writer, lines []logLine) {
	for _, line := range lines {
		code := plain
		if line.Bad {
			code = bad
		}
		fmt.Fprintf(w, "%s  %s  %s\n", stamp(line.At), colour(w, code, fmt.Sprintf("%-14s", line.Kind)), inCell(line.Text))
	}
}

// stamp is a time in tables, in UTC.
func stamp(at time.Time) string { return at.UTC().Format(time.DateTime) }
