package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
)

// How a command that waits shows how far things are.

// watch shows see each snapshot until it says that all is done. What it says
// meanwhile is shown as progress, and stands in the error when time is up.
func (p *patience) watch(ctx context.Context, c *control.Client, cmd *cobra.Command, see func(*control.Snapshot) (said string, done bool)) error {
	within, cancel := context.WithTimeoutCause(ctx, p.most, errWaited)
	defer cancel()
	show := newProgress(cmd.ErrOrStderr())
	last := ""
	err := keepWatching(within, c, show, func(s *control.Snapshot) bool {
		said, done := see(s)
		if last = said; lost(s) != "" {
			said += "; " + lost(s)
		}
		show.say(said)
		return !done
	})
	show.end()
	if errors.Is(err, errWaited) {
		if last == "" { // the time was too short for one look
			last = "nothing was seen of it"
			if s, err := c.Snapshot(ctx); err == nil {
				last, _ = see(s)
			}
		}
		return timedOut(fmt.Errorf("after %s: %s; it goes on, and `wardflow node list` shows how far it is", p.most, last))
	}
	return err
}

// keepWatching is Watch that comes back when the node does: it may be the one
// that is restarted.
func keepWatching(ctx context.Context, c *control.Client, show *progress, see func(*control.Snapshot) bool) error {
	for {
		err := c.Watch(ctx, see)
		if !errors.Is(err, control.ErrUnreachable) {
			return err
		}
		show.say("the node that was asked does not answer; waiting for it")
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(again):
		}
	}
}

// again is how long after a node did not answer it is asked again.
const again = 500 * time.Millisecond

// lost says what the snapshot's register lacks, or "".
func lost(s *control.Snapshot) string {
	if s.Register == nil {
		return ""
	}
	return s.Register.Lost(s.At)
}

// snapshot is what there is to see, with a warning if the register has no
// majority: nobody should take a cluster that stands still for a healthy one.
func snapshot(ctx context.Context, c *control.Client, cmd *cobra.Command) (*control.Snapshot, error) {
	s, err := c.Snapshot(ctx)
	if err == nil {
		warnLost(cmd.ErrOrStderr(), lost(s))
	}
	return s, err
}

// warn is the same warning for commands that ask for less.
func warn(ctx context.Context, c *control.Client, cmd *cobra.Command) {
	_, _ = snapshot(ctx, c, cmd) // the command itself tells of errors
}

func warnLost(w io.Writer, why string) {
	if why != "" {
		fmt.Fprintf(w, "warning: %s\n  meanwhile %s;\n  %s\n", why, control.GoesOn, control.Stops)
	}
}

// count is "1 actor" or "3 actors".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
