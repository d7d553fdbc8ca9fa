package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/rule"
)

func ruleHistoryCommand(to *ledger) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "history [GROUP|EPC]",
		Short: "Tell who changed the rules, who approved, and in which block",
		Example: `  wardflow rule history
  wardflow rule history h1/3 -o json`,
		Args: cobra.MaximumNArgs(1),
	}
	out.flag(cmd)
	cmd.RunE = to.desk(func(ctx context.Context, d *rule.Desk, cmd *cobra.Command, args []string) error {
		all, err := d.History(ctx)
		if err != nil {
			return err
		}
		if len(args) == 1 {
			group, device, err := scopeArg(args[0])
			if err != nil {
				return err
			}
			all = rule.About(all, group, device)
		}
		names := to.crowd()
		t := table{head: []string{">BLOCK", "WHEN", ">EPOCH", "WHAT", "PROPOSED", "APPROVED"}}
		for _, e := range all {
			proposed, approved := "-", "-"
			if e.Proposal != "" {
				proposed, approved = names.name(e.By), names.names(e.Approvers)
			} else if e.By != ([20]byte{}) {
				proposed = names.name(e.By)
			}
			epoch := "-" // it changed nothing
			if e.Epoch != 0 {
				epoch = fmt.Sprint(e.Epoch)
			}
			t.add(e.Block, e.At.UTC().Format(time.DateTime), epoch, names.in(strings.TrimSpace(e.What)), proposed, approved)
		}
		return out.list(cmd, all, &t, nothingHappened(args))
	})
	return cmd
}

// nothingHappened is what is said in place of a history, of a group or device.
func nothingHappened(args []string) string {
	if len(args) == 0 {
		return "nothing happened yet"
	}
	return fmt.Sprintf("nothing happened to a rule of %s itself: wardflow rule explain says which rule decides, wardflow rule history what happened to all", shown(args[0]))
}
