package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// certListCommand lists what the cluster lives by, whichever node has it.
func certListCommand() *cobra.Command {
	var to reach
	var out output
	var within time.Duration
	var odd bool
	var at string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the certificates of all nodes, the one that ends first first",
		Long: `Lists the certificates that the cluster lives by, wherever they lie: of nodes, of the
devices, collectors and storage that speak there, for browsers, the cards in the readers
(not whose they are), and the authorities that are believed.

LEFT is what is left of its life. A node renews what it holds when half of that is over;
STATE is "ending" when a third is left and it has not been renewed, and the last column
says why, and what to do.`,
		Example: "  wardflow cert list\n  wardflow cert list --odd\n  wardflow cert list --within 72h --on bedside",
		Args:    takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.Flags().DurationVar(&within, "within", 0, "only those that end in so much time, such as 72h")
	cmd.Flags().BoolVar(&odd, "odd", false, "only those that somebody must look after")
	cmd.Flags().StringVar(&at, "on", "", "only those that lie on this `NODE`")
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
		found, err := c.Certificates(ctx)
		if err != nil {
			return err
		}
		for _, s := range found.Silent {
			fmt.Fprintf(cmd.ErrOrStderr(), "the certificates of %s are missing: %s\n", s.Node, s.Why)
		}
		none := "no node has told of certificates"
		if len(found.Items) > 0 {
			none = fmt.Sprintf("none of the %s is what you ask for", count(len(found.Items), "certificate"))
		}
		found.Items = slices.DeleteFunc(found.Items, func(x control.Certificate) bool {
			return within > 0 && x.Until.Sub(found.At) > within || odd && !x.Odd() || at != "" && !slices.Contains(x.Nodes, flow.NodeID(at))
		})
		return out.list(cmd, found, certificateTable(found), none)
	})
	return cmd
}

func certificateTable(found *control.Certificates) *table {
	t := &table{head: []string{"UNTIL", ">LEFT", "STATE", "FOR", "WHOSE", "ON", "RENEWED"}}
	for _, c := range found.Items {
		whose := c.Name
		if c.URI != "" {
			whose = c.URI
		} else if len(c.Hosts) > 0 {
			whose = strings.Join(c.Hosts, ",")
		}
		var nodes []string
		for _, n := range c.Nodes {
			nodes = append(nodes, string(n))
		}
		t.add(when(c.Until), fmt.Sprintf("%.0f%%", 100*c.Left), c.State, c.Use, whose, strings.Join(nodes, ","), renewal(c, found.At))
	}
	return t
}

// renewal says who sees to the next one, and when, or why not and what to do.
func renewal(c control.Certificate, now time.Time) string {
	says := "by people"
	switch {
	case c.State == control.CertificateEnded || c.State == control.CertificateRefused:
		says = "no more"
	case c.Renews.After(now):
		says = "by itself from " + when(c.Renews)
	case !c.Renews.IsZero():
		says = "by itself"
	}
	if c.Failed != "" {
		says += ": " + c.Failed
	}
	if c.Mend != "" && (c.Failed != "" || c.Odd()) {
		says += "; " + c.Mend
	}
	return says
}
