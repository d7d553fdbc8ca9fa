package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
)

// A topJob is one run of "top".
type topJob struct {
	topView
	every time.Duration
	once  bool
	count int // looks; 0: until it is ended
}

// topCommand watches what is busiest.
func topCommand() *cobra.Command {
	var to reach
	var out output
	var job topJob
	cmd := &cobra.Command{
		Use:   "top [hosts|links|actors]",
		Short: "Watch what is busiest: hosts, links and actors",
		Long: `Watches the hosts by load, the links by rate, fill or age, and the actors by how often
they fire: all three, or one of them. On a terminal it is drawn anew each second, and
these keys steer it:

  o h l a      all of it, hosts, links, actors
  s S          sort by the next key, or by the one before
  space        hold still, and go on
  q Ctrl-C     end

Elsewhere each look is written below the one before; --once writes one and ends. With
-o json each look is one line, for --once an indented document.

Hosts sort by cpu, memory, rate, actors, name; links by rate, fill (of the window), age
(of the oldest token that waits), tokens, refusals, name; actors by rate, firings,
errors, name.`,
		Example: `  wardflow top
  wardflow top links --sort fill --once
  wardflow top actors --app ward --limit 5 --every 5s -o json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{errors.New("want one of hosts, links, actors, or nothing for all")}
			}
			return nil
		},
		ValidArgs: []string{"hosts", "links", "actors"},
		RunE: ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				job.what = args[0]
			}
			if out == "name" && job.what == "" {
				return usageError{errors.New("-o name: say names of what: hosts, links or actors")}
			}
			if job.every < 250*time.Millisecond {
				return usageError{fmt.Errorf("--every %v: want 250ms or more", job.every)}
			}
			if err := job.check(); err != nil {
				return err
			}
			return job.run(ctx, c, cmd, out)
		}),
	}
	to.flags(cmd)
	out.flag(cmd)
	f := cmd.Flags()
	f.StringVar(&job.sort, "sort", "", "what comes first (default: cpu of hosts, rate of links and actors)")
	f.StringVar(&job.app, "app", "", "only the links and actors of this application")
	f.IntVar(&job.limit, "limit", 10, "lines of each, 0: all; a terminal shows what fits")
	f.DurationVar(&job.every, "every", time.Second, "how long from one look to the next")
	f.BoolVar(&job.once, "once", false, "look once and end")
	f.IntVar(&job.count, "count", 0, "end after so many looks")
	mustComplete(cmd, "sort", topView{}.keys())
	return cmd
}

func (j *topJob) run(ctx context.Context, c *control.Client, cmd *cobra.Command, out output) error {
	w := cmd.OutOrStdout()
	if j.once {
		s, err := snapshot(ctx, c, cmd)
		if err != nil {
			return err
		}
		return j.write(w, out, j.of(s), out.write)
	}
	if f, ok := file(w); ok && moving(w) && (out == "table" || out == "") {
		return newScreen(j, w, f).run(ctx, c)
	}
	looks := 0
	var wrote error
	err := looking(ctx, c, j.every, func(s *control.Snapshot) bool {
		if looks > 0 && (out == "table" || out == "") {
			fmt.Fprintln(w)
		}
		wrote = j.write(w, out, j.of(s), out.writeLine)
		looks++
		return wrote == nil && (j.count == 0 || looks < j.count)
	})
	if wrote != nil {
		return wrote
	}
	return err
}

// looking calls see with a snapshot each time, until it returns false or ctx is
// done, which is no error.
func looking(ctx context.Context, c *control.Client, every time.Duration, see func(*control.Snapshot) bool) error {
	var next time.Time
	err := c.Watch(ctx, func(s *control.Snapshot) bool {
		now := time.Now()
		if now.Before(next) {
			return true
		}
		next = now.Add(every - every/10) // what comes a little early is not a whole look late
		return see(s)
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// file is the terminal's file behind a writer that may paint.
func file(w io.Writer) (*os.File, bool) {
	switch w := w.(type) {
	case painted:
		return w.File, true
	case *os.File:
		return w, true
	}
	return nil, false
}

// write writes one look.
func (j *topJob) write(w io.Writer, out output, d *topDoc, as func(io.Writer, any, func(io.Writer)) error) error {
	var doc any = d
	if out == "name" {
		switch j.what {
		case "hosts":
			doc = d.Hosts
		case "links":
			doc = d.Links
		default:
			doc = d.Actors
		}
	}
	return as(w, doc, func(w io.Writer) {
		fmt.Fprintln(w, d.headline())
		for _, t := range d.tables(false) {
			fmt.Fprintln(w)
			t.write(w)
		}
	})
}

// headline is the whole in a line.
func (d *topDoc) headline() string {
	parts := []string{
		d.At.Local().Format("15:04:05") + " as " + string(d.Node) + " sees it",
		fmt.Sprintf("%d of %s up", d.Sum.Up, count(d.Sum.Hosts, "host")),
		fmt.Sprintf("%d of %s running, %s", d.Sum.Running, count(d.Sum.Actors, "actor"), perSecond(d.Sum.Firings)),
		fmt.Sprintf("%s, %s", count(d.Sum.Links, "link"), perSecond(d.Sum.Tokens)),
	}
	if d.Sum.Full > 0 {
		parts = append(parts, fmt.Sprintf("%d full", d.Sum.Full))
	}
	if d.Sum.Refused > 0 {
		parts = append(parts, fmt.Sprintf("%d refused", d.Sum.Refused))
	}
	if d.Sum.Alarms > 0 {
		parts = append(parts, count(d.Sum.Alarms, "alarm"))
	}
	return strings.Join(parts, "; ")
}

// tables are what is shown, with bars where they can be seen move.
func (d *topDoc) tables(bars bool) (all []*table) {
	share := func(s float64) string {
		if s < 0 {
			return ""
		}
		text := fmt.Sprintf("%.0f%%", 100*s)
		if bars {
			text = bar(s) + fmt.Sprintf("%5s", text)
		}
		return text
	}
	if len(d.Hosts) > 0 {
		t := &table{head: []string{"HOST", "STATE", ">CPU", ">NODE'S", ">MEMORY", ">HOLDS", ">ACTORS", ">FIRINGS", ">TOKENS", ">SKEW", ">SYNC"}}
		for _, h := range d.Hosts {
			t.add(h.Name, h.State, share(h.CPU), fmt.Sprintf("%.2f", h.ProcessCPU), share(h.Memory), size(h.Resident), h.Actors, perSecond(h.Firings), perSecond(h.Tokens), skewed(h.Skew), brief(h.SyncSlow))
		}
		all = append(all, t)
	}
	if len(d.Links) > 0 {
		t := &table{head: []string{"LINK", "HOSTS", "STATE", ">RATE", ">FILL", ">HELD", ">OLDEST", ">TOKENS", ">BYTES", ">REFUSED"}}
		for _, l := range d.Links {
			t.add(l.ID, l.Hosts, l.State, perSecond(l.Rate), share(l.Fill), fmt.Sprintf("%d/%d", l.Held, l.Window), brief(l.Oldest), l.Tokens, size(l.Bytes), l.Refusals)
		}
		all = append(all, t)
	}
	if len(d.Actors) > 0 {
		t := &table{head: []string{"ACTOR", "TYPE", "HOST", "STATE", ">RATE", ">FIRINGS", ">ERRORS", ">LETTERS", "LAST ERROR"}}
		for _, a := range d.Actors {
			t.add(a.ID, a.Type, or(string(a.Host), "none"), a.State, perSecond(a.Rate), a.Firings, a.Errors, a.Letters, a.Why)
		}
		all = append(all, t)
	}
	return all
}

func brief(s float64) string {
	if s <= 0 {
		return ""
	}
	return seconds(s)
}

// skewed leaves out what is too little to be known.
func skewed(s float64) string {
	if s > -0.001 && s < 0.001 {
		return ""
	}
	return fmt.Sprintf("%+.3fs", s)
}

// bar is a share as ten steps of a bar.
func bar(share float64) string {
	n := int(max(0, min(1, share))*10 + 0.5)
	return strings.Repeat("▮", n) + strings.Repeat("▯", 10-n)
}
