package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/audit"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// auditCommand reads the nodes' records of what matters for security.
func auditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "See who did what and who was refused, and check that nobody changed the record",
		Long: `Each node keeps a record of what matters for security: who connected, who was
refused and why, what was deployed, enrolled and revoked. Its entries are
chained by hashes and signed by the node now and then.`,
		Example: `  wardflow audit list --refused --since 1h
  wardflow audit verify wardflow-data/ward/audit --trust wardflow-data/ca/trust.pem`,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(auditListCommand(), auditVerifyCommand())
	return cmd
}

func auditListCommand() *cobra.Command {
	var to reach
	var out output
	var q control.AuditQuery
	var kind string
	var since time.Duration
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List what a node, or each node, has on record, oldest first",
		Long: `Lists what a node has on record, oldest first; --all asks every node that is up.
A number before the reason says how often the same happened besides: of one
source, only the first times are written one by one.`,
		Example: "  wardflow audit list --all --refused --kind link --since 30m",
		Args:    takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	f := cmd.Flags()
	f.DurationVar(&since, "since", 0, "only what happened in the last so much time, such as 30m")
	f.StringVar(&kind, "kind", "", "only this kind: connection, link, frame, gossip, register, request, reading, deployment, identity or tap")
	f.StringVar(&q.Who, "who", "", "only whose name or address has this in it")
	f.BoolVar(&q.Refused, "refused", false, "only what was refused")
	f.IntVar(&q.Limit, "limit", 100, fmt.Sprintf("the newest so many of each node, up to %d", control.MaxAudit))
	f.BoolVar(&all, "all", false, "ask every node that is up")
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
		q.Kind = flow.AuditKind(kind)
		if since > 0 {
			q.Since = time.Now().Add(-since)
		}
		list, err := c.Audit(ctx, q)
		if err != nil {
			return err
		}
		if all {
			if list, err = auditOthers(ctx, c, &to, q, list); err != nil {
				return err
			}
		}
		return out.list(cmd, control.List[control.AuditEntry]{APIVersion: control.APIVersion, Items: list}, auditTable(list), noAudit(cmd, all))
	})
	return cmd
}

// auditOthers adds what the other nodes that are up have on record.
func auditOthers(ctx context.Context, c *control.Client, to *reach, q control.AuditQuery, list []control.AuditEntry) ([]control.AuditEntry, error) {
	s, err := c.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range s.Nodes {
		if !n.Up || n.Control == "" || n.ID == s.Node {
			continue
		}
		of, err := auditOf(ctx, to, "https://"+n.Control, q)
		if err != nil {
			return nil, fmt.Errorf("node %s: %w", n.ID, err)
		}
		list = append(list, of...)
	}
	slices.SortStableFunc(list, func(a, b control.AuditEntry) int { return a.At.Compare(b.At) })
	return list, nil
}

func auditOf(ctx context.Context, to *reach, node string, q control.AuditQuery) ([]control.AuditEntry, error) {
	at := *to
	at.Node = node
	c, err := at.client()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.Audit(ctx, q)
}

// noAudit is why a record shows nothing: it is what was asked for, or how.
func noAudit(cmd *cobra.Command, all bool) string {
	none := "nothing is on record"
	for _, narrow := range []string{"since", "kind", "who", "refused"} {
		if cmd.Flags().Changed(narrow) {
			none = "nothing of that is on record"
		}
	}
	if !all {
		none += " at the node that is asked: --all asks every node"
	}
	return none
}

func auditTable(list []control.AuditEntry) *table {
	t := &table{head: []string{"AT", "NODE", ">N", "KIND", "WHO", "FROM", "WHAT", ">MORE", "REFUSED BECAUSE"}}
	for _, e := range list {
		who, what, more := e.Who, e.What, ""
		if e.Link != "" && !strings.Contains(what, string(e.Link)) {
			what += ": " + string(e.Link)
		}
		if who != "" && !e.Proven {
			who = "claims " + who
		}
		if e.More > 0 {
			more = fmt.Sprintf("+%d", e.More)
		}
		t.add(when(e.At), e.Node, e.N, e.Kind, who, e.From, what, more, e.Why)
	}
	return t
}

func auditVerifyCommand() *cobra.Command {
	var out output
	var trustFile string
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Check that a node's record is as the node wrote it",
		Long: `Checks every hash and signature of the record in a folder, that of a node that
runs as well as a copy. If anything does not hold, the first bad entry is named
and the exit code is 1. That the newest entries are missing altogether shows
only against a number and hash that were noted elsewhere: "audit list -o json"
prints them.`,
		Example: "  wardflow audit verify wardflow-data/ward/audit --trust wardflow-data/ca/trust.pem",
		Args:    takes(1, "the folder audit of a node's dir"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var judge audit.Judge
			if trustFile != "" {
				trust, err := pki.LoadTrust(trustFile)
				if err != nil {
					return err
				}
				judge = pki.NewVerifier(trust).Identify
			}
			r, err := audit.Verify(args[0], judge)
			if bad := new(audit.BadEntry); err != nil && !errors.As(err, &bad) {
				return err
			}
			return errors.Join(out.write(cmd.OutOrStdout(), r, func(w io.Writer) { showAuditReport(w, r, judge != nil, err == nil) }), err)
		},
	}
	out.flag(cmd)
	cmd.Flags().StringVar(&trustFile, "trust", "", "`FILE` of the authorities that are believed, in PEM; without it nobody asks whose the signatures are")
	return cmd
}

func showAuditReport(w io.Writer, r audit.Report, judged, good bool) {
	if !good {
		fmt.Fprintf(w, "entries %d to %d are as written; the next is not\n", r.First, r.Last)
		return
	}
	fmt.Fprintf(w, "entries %d to %d of node %s are as written, in %s; the last has the hash\n%s\n", r.First, r.Last, r.Node, count(r.Files, "file"), r.Head)
	switch {
	case r.Seals == 0:
		fmt.Fprintln(w, "none is signed for")
	case judged:
		fmt.Fprintf(w, "up to %d they are signed for by the node, last at %s\n", r.Sealed, when(r.At))
	default:
		fmt.Fprintf(w, "up to %d they are signed for, last at %s; whose the signatures are was not asked: give --trust\n", r.Sealed, when(r.At))
	}
	if r.Lost > 0 {
		fmt.Fprintf(w, "%d events were only counted: the disk was full or too slow\n", r.Lost)
	}
	if r.Torn {
		fmt.Fprintln(w, "the last entry is not wholly written: the node writes just now, or ended abruptly")
	}
}
