package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// linkCommand looks at links.
func linkCommand() *cobra.Command {
	var to reach
	var out output
	cmd := &cobra.Command{Use: "link", Short: "See the links between actors", Example: "  wardflow link list\n  wardflow link why ward:bed_1_ecg ward:bed_1:collect", RunE: onlySubcommands}
	to.flags(cmd)
	out.flag(cmd)
	cmd.AddCommand(linkListCommand(&to, &out), linkShowCommand(&to, &out), linkWhyCommand(&to, &out), linkTapCommand(&to, &out))
	return cmd
}

func linkListCommand(to *reach, out *output) *cobra.Command {
	var app string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the links: how much flows, what is held and how old it is, who was verified",
		Example: "  wardflow link list --app ward",
		Args:    takes(0, "nothing but flags"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
			s, err := snapshot(ctx, c, cmd)
			if err != nil {
				return err
			}
			links := []control.LinkState{}
			for _, l := range s.Links {
				if app == "" || l.App == app {
					links = append(links, l)
				}
			}
			return out.list(cmd, control.List[control.LinkState]{APIVersion: control.APIVersion, Items: links}, linkTable(links, "", full), noneOf(s, "links", app))
		}),
	}
	cmd.Flags().StringVar(&app, "app", "", "only the links of this application")
	return cmd
}

// linkTable has a line for each link, which says why it is refused if it is, and
// who stands at both ends if they are on two nodes. named writes an end.
func linkTable(links []control.LinkState, indent string, named func(flow.Endpoint) string) *table {
	t := &table{head: []string{indent + "FROM", "TO", "HOSTS", "STATE", ">RATE", ">TOKENS", ">BYTES", ">HELD", ">OLDEST", ">RESENT", "PEER"}}
	for _, l := range links {
		state, peer, oldest := linkState(&l), or(l.Refused, peers(l)), ""
		if l.Held > 0 && l.Oldest > 0 {
			oldest = seconds(l.Oldest)
		}
		if l.Spool != nil {
			state += ", " + waiting(l.Spool)
		}
		t.add(indent+named(l.From), named(l.To), placeOf(l.FromNode, l.ToNode), state, perSecond(l.PerSecond), l.Tokens, size(l.Bytes), fmt.Sprintf("%d/%d", l.Held, l.Window), oldest, l.Resent, peer)
	}
	return t
}

// peers are those whose certificates the ends of a link have verified: "GIVER",
// "> TAKER", or both.
func peers(l control.LinkState) string {
	var both []string
	if l.Peer != nil {
		both = append(both, strings.TrimPrefix(l.Peer.URI, "spiffe://"))
	}
	if l.Taker != nil {
		both = append(both, "> "+strings.TrimPrefix(l.Taker.URI, "spiffe://"))
	}
	return strings.Join(both, " ")
}

// full is an end as "link why" takes it; local is one where the application is
// known.
func full(e flow.Endpoint) string { return e.String() }

func local(e flow.Endpoint) string { return e.Actor.Local() + "." + e.Port }
