package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/tap"
)

// tapCommand is "link tap" by a name of its own.
func tapCommand() *cobra.Command {
	var to reach
	var out output
	cmd := linkTapCommand(&to, &out)
	cmd.Example = strings.ReplaceAll(cmd.Example, "wardflow link tap", "wardflow tap")
	to.flags(cmd)
	out.flag(cmd)
	return cmd
}

// A tapJob is what one run of the command does.
type tapJob struct {
	patients bool
	last     time.Duration // 0: as long as a tap lasts
	count    int           // tokens; 0: any
}

// linkTapCommand shows the tokens of a link, under "link".
func linkTapCommand(to *reach, out *output) *cobra.Command {
	var job tapJob
	cmd := &cobra.Command{
		Use:   "tap LINK",
		Short: "See the tokens of a link as they flow",
		Long: `Shows the tokens that a link sends from now on: at most 20 a second, each cut to
what fits, and nothing that tells of whom: pseudonyms, devices and free text are
short hashes, the same throughout one tap. --patients shows them to whom the
policy permits "patients". Who tapped what, and for how long, is on record at the
node where the link begins: "wardflow audit list --kind tap".

A link is named by both ends, as "link list -o name" has it, or by as much of it
as only one link has: its giving end, or its giving actor. It ends by itself
after 15 minutes. With -o json each line is an event: "tap", "token", "skipped"
or "end".`,
		Example: `  wardflow link tap "ward:bed1:collector.out > ward:bed1:check.in" --for 10s
  wardflow link tap ward:bed1:hr --count 3 -o json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("want a link: \"FROM.PORT > TO.PORT\", or its giving end")}
			}
			return nil
		},
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			if *out == "name" {
				return errNoNames
			}
			s, err := snapshot(ctx, c, cmd)
			if err != nil {
				return err
			}
			link, err := tappable(s, args[0])
			if err != nil {
				return err
			}
			return job.run(ctx, c, cmd, *out, link)
		}),
	}
	f := cmd.Flags()
	f.BoolVar(&job.patients, "patients", false, "show also what tells of whom; asks for a right of its own")
	f.DurationVar(&job.last, "for", 0, "end after so long, such as 30s (default and most: 15m)")
	f.IntVar(&job.count, "count", 0, "end after so many tokens")
	return cmd
}

// tappable is the one link of a snapshot that is called so: by its name, its
// giving end, or its giving actor.
func tappable(s *control.Snapshot, name string) (flow.LinkID, error) {
	var found []flow.LinkID
	for _, l := range s.Links {
		if string(l.ID) == name {
			return l.ID, nil
		}
		if l.From.String() == name || string(l.From.Actor) == name {
			found = append(found, l.ID)
		}
	}
	switch len(found) {
	case 0:
		return "", missing(s, "link", name)
	case 1:
		return found[0], nil
	}
	lines := make([]string, len(found))
	for i, id := range found {
		lines[i] = strconv.Quote(string(id))
	}
	return "", usageError{fmt.Errorf("%s gives on several links: name one of\n  %s", name, strings.Join(lines, "\n  "))}
}

// run taps until it is enough.
func (j tapJob) run(ctx context.Context, c *control.Client, cmd *cobra.Command, out output, link flow.LinkID) error {
	if j.last < 0 || j.count < 0 {
		return usageError{errors.New("--for and --count are not below 0")}
	}
	within := ctx
	if j.last > 0 {
		var cancel context.CancelFunc
		within, cancel = context.WithTimeout(ctx, j.last)
		defer cancel()
	}
	shown := 0
	var wrote error
	err := c.Tap(within, control.TapQuery{Link: link, Patients: j.patients}, func(e control.TapEvent) bool {
		if out == "table" {
			wrote = tellTap(cmd, e)
		} else {
			wrote = out.writeLine(cmd.OutOrStdout(), e, nil)
		}
		if e.Kind == control.TapHas {
			shown++
		}
		return wrote == nil && (j.count == 0 || shown < j.count)
	})
	switch {
	case wrote != nil:
		return wrote
	case err != nil && ctx.Err() == nil && errors.Is(within.Err(), context.DeadlineExceeded):
		return nil // it has lasted as long as it was to
	}
	return err
}

// tellTap writes an event for people: tokens to stdout, words about them to stderr.
func tellTap(cmd *cobra.Command, e control.TapEvent) error {
	words := cmd.ErrOrStderr()
	switch e.Kind {
	case control.TapIsAbout:
		how := "who it is about is masked"
		if !e.About.Masked {
			how = "WHO IT IS ABOUT IS SHOWN"
		}
		fmt.Fprintf(words, "tapping %s on %s: at most %d tokens a second, %s; it is on record and ends at %s\n",
			inCell(string(e.About.Link)), inCell(string(e.About.Node)), e.About.PerSecond, how, when(e.About.Until))
	case control.TapHas:
		more := ""
		if e.Token.Truncated {
			more = "  (cut)"
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  #%d  %s%s\n", e.Token.At.UTC().Format("15:04:05.000"), e.Token.Seq, tokenInWords(e.Token.Value), more)
		return err
	case control.TapSkips:
		fmt.Fprintf(words, "… %d more went by unseen\n", e.Skipped.Thinned+e.Skipped.Slow)
	case control.TapEnds:
		fmt.Fprintf(words, "the tap has ended: %s\n", inCell(e.Why))
	}
	return nil
}

// tokenInWords is a value in a line: a reading as people say it, all else as it is.
func tokenInWords(value json.RawMessage) string {
	var v struct {
		Reading *tap.ReadingShown `json:"$reading"`
		Window  *windowShown      `json:"$window"`
		Patient string            `json:"patient"`
		Carried *struct {
			Reading *tap.ReadingShown `json:"$reading"`
		} `json:"reading"`
	}
	r, patient := (*tap.ReadingShown)(nil), ""
	if err := json.Unmarshal(value, &v); err == nil {
		if r = v.Reading; r == nil && v.Carried != nil {
			r, patient = v.Carried.Reading, v.Patient
		}
	}
	if v.Window != nil {
		return inCell(v.Window.String())
	}
	if r == nil {
		return inCell(string(value))
	}
	s := readingInWords(r)
	if patient != "" {
		s += " of " + patient
	}
	return inCell(s)
}

// A windowShown is what stands under "$window", as far as people are told.
type windowShown struct {
	Number   uint64            `json:"number"`
	Patient  string            `json:"patient"`
	Readings int               `json:"readings"`
	Accepted *int              `json:"accepted"` // nil: not judged yet
	Refused  []json.RawMessage `json:"refused"`
}

func (w *windowShown) String() string {
	s := fmt.Sprintf("signed window %d, %d readings", w.Number, w.Readings)
	if w.Accepted == nil {
		s += ", not judged yet"
	} else {
		s += fmt.Sprintf(", %d accepted, %d refused", *w.Accepted, len(w.Refused))
	}
	return s + " of " + w.Patient
}

func readingInWords(r *tap.ReadingShown) string {
	what := r.Name
	if what == "" {
		what = r.Kind
	}
	values := r.Numbers()
	if len(values) == 0 {
		return fmt.Sprintf("%s: nothing measured, from %s", what, r.Device)
	}
	low, high := values[0], values[0]
	for _, x := range values {
		low, high = min(low, x), max(high, x)
	}
	said := number(low)
	if len(values) > 1 {
		said = fmt.Sprintf("%d values, %s … %s", len(values), number(low), number(high))
	}
	return fmt.Sprintf("%s %s %s, from %s", what, said, r.Unit, r.Device)
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
