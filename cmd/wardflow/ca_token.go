package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
)

func caTokenCommand() *cobra.Command {
	var desk caDesk
	var inv enroll.Invitation
	var role, at string
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Invite a node, a device, an actor or a person, with a token that is good once",
		Long: `Registers somebody and prints the token with which it fetches its certificate:
good once, for at most ten minutes, and for nobody else. It is printed once and
not kept. The token names the root, so that it is shown to no wrong server.

Who is registered already is refused; --again makes a new start for one that has
lost its key, and revokes what it has when it comes. One that was away until its
certificate ended may be invited again as at first.

A node has a certificate that browsers and devices with other programs take only for
the names and addresses given with --host: all by which they call it.`,
		Example: `  wardflow ca token --role device --epc urn:epc:id:giai:0614141.5678 --group h1/3/icu-3/ecg
  wardflow ca token --role node --name bedside --host 10.0.0.7 --host bedside.h1.health.example
  wardflow ca token --role node --name bedside --service https://10.0.0.5:7480 --cert staff/ada`,
		Args: takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			inv.Role = flow.Role(role)
			if inv.Role == "" && inv.EPC != "" {
				inv.Role = flow.RoleDevice
			}
			if inv.Role == "" {
				return usageError{fmt.Errorf("ca token: say what it is: --role node, device, collector, storage, staff or patient")}
			}
			r, done, err := desk.open(cmd, at)
			if err != nil {
				return fmt.Errorf("ca token: %w", err)
			}
			defer func() { err = errors.Join(err, done()) }()
			t, err := r.Invite(cmd.Context(), inv)
			if err != nil {
				return fmt.Errorf("ca token: %w", err)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "token for %s, good once and for %v; with it in a file: wardflow enroll - --out DIR < FILE\n", t.Holder, tokenFor(inv))
			if inv.Life > 0 && inv.Life < time.Minute {
				fmt.Fprintf(cmd.ErrOrStderr(), "a life of %v is for tests: who is away for half of it has to enrol again\n", inv.Life)
			}
			fmt.Fprintln(cmd.OutOrStdout(), t)
			return nil
		},
	}
	desk.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&role, "role", "", "node, device, collector, storage, staff or patient")
	f.StringVar(&inv.Name, "name", "", "its name (devices have an EPC instead)")
	f.StringVar(&inv.EPC, "epc", "", "a device's EPC, such as urn:epc:id:giai:0614141.5678")
	f.StringVar(&inv.Group, "group", "", "site/floor/room/type, such as h1/3/icu-3/ecg: whose rules judge its readings")
	f.StringVar(&inv.Rule, "rule", "", "ADDRESS@VERSION of the oldest rule it may be judged by")
	f.DurationVar(&inv.Life, "life", 0, "how long each of its certificates is good (default: 24h, cards 2 years)")
	f.StringArrayVar(&inv.Hosts, "host", nil, "DNS name below the hospital's, or IP address, that a node may show to browsers; may be repeated")
	f.DurationVar(&inv.For, "for", 0, "how long the token is good, at most 10m (default: 10m)")
	f.BoolVar(&inv.Again, "again", false, "make a new start for a holder who is registered")
	f.StringVar(&at, "url", "", "address of the CA service for the token, https://HOST:PORT (default: of the one that runs with --ca)")
	return cmd
}

func tokenFor(inv enroll.Invitation) time.Duration {
	if inv.For > 0 {
		return inv.For
	}
	return 10 * time.Minute
}
