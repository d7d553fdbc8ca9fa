package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// A linkView is a link as a document.
type linkView struct {
	APIVersion string `json:"apiVersion"`
	control.LinkState
}

func linkShowCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:   "show LINK",
		Short: "Show one link: what flows and waits, how old it is, who was verified",
		Long: `Shows one link: its hosts, what it has carried, what it holds and how old that is,
what had to be sent again, and whose certificates its ends have verified, until
when. LINK is its name, as "link list -o name" gives it; "link why" tells why it is there.`,
		Example: `  wardflow link show "ward:bed_1:check.passed > ward:store.in"`,
		Args:    takes(1, "a link, by its name"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			s, err := snapshot(ctx, c, cmd)
			if err != nil {
				return err
			}
			l, err := oneLink(s, args[0])
			if err != nil {
				return err
			}
			return out.write(cmd.OutOrStdout(), linkView{control.APIVersion, *l}, func(w io.Writer) { showLink(w, l) })
		}),
	}
}

// oneLink is a link of a snapshot, however its name is spaced.
func oneLink(s *control.Snapshot, said string) (*control.LinkState, error) {
	if from, to, ok := strings.Cut(said, ">"); ok {
		said = strings.TrimSpace(from) + " > " + strings.TrimSpace(to)
	}
	id, err := tappable(s, said)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.Links, func(l control.LinkState) bool { return l.ID == id })
	return &s.Links[i], nil
}

func showLink(w io.Writer, l *control.LinkState) {
	var s sheet
	s.add("link", l.ID)
	s.add("hosts", placeOf(l.FromNode, l.ToNode))
	s.add("state", linkState(l))
	s.addf("carries", "%s; %d tokens, %s since it was opened", perSecond(l.PerSecond), l.Tokens, size(l.Bytes))
	s.addf("holds", "%d of %d tokens", l.Held, l.Window)
	if l.Held > 0 {
		s.addf("oldest", "%s", seconds(l.Oldest))
	}
	if l.Age99 > 0 {
		s.addf("on the way", "half of them %s, 99 in 100 %s, within a factor of two", seconds(l.AgeMedian), seconds(l.Age99))
	}
	if l.Resent > 0 {
		s.addf("sent again", "%s", count(int(l.Resent), "frame"))
	}
	if l.Spool != nil {
		s.add("spool", waiting(l.Spool))
	}
	s.add("giver", verified(l.Peer))
	s.add("taker", verified(l.Taker))
	s.add("refused", l.Refused)
	s.write(w)
}

// verified is an end whose certificate the other end has verified.
func verified(id *flow.Identity) string {
	if id == nil {
		return ""
	}
	said := strings.TrimPrefix(id.URI, "spiffe://")
	if !id.NotAfter.IsZero() {
		said += ", until " + stamp(id.NotAfter)
	}
	return said
}

// linkState is whether tokens can flow.
func linkState(l *control.LinkState) string {
	switch {
	case l.Refused != "":
		return "refused"
	case !l.Up:
		return "down"
	case l.Closing:
		return "closing"
	}
	return "up"
}

// seconds is a time for people, with as many digits as matter.
func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	for _, step := range []time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		if d >= 10*step {
			return d.Round(step).String()
		}
	}
	return fmt.Sprint(d)
}
