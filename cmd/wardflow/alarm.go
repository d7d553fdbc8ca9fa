package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
)

// alarmCommand is about what stores say of the readings that come, or don't.
func alarmCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "alarm",
		Short:   "See what is amiss with the readings that come, or do not",
		Example: "  wardflow alarm list --open",
		RunE:    onlySubcommands,
	}
	cmd.AddCommand(alarmListCommand())
	return cmd
}

func alarmListCommand() *cobra.Command {
	var to reach
	var out output
	var open bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the alarms of the stores, oldest first",
		Long: `Lists the alarms that the stores have raised, oldest first: a gap (numbers of a device's
stream never came), a silence (a stream has stopped), late (readings come long after they
were taken). An alarm accuses nobody: the readings have come, or not, by way of the
collector that it names, and people look there first. A gap is never over. Devices stand
there for who has the right "refusals".`,
		Example: "  wardflow alarm list\n  wardflow alarm list --open",
		Args:    takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.Flags().BoolVar(&open, "open", false, "only those that are not over")
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
		s, err := snapshot(ctx, c, cmd)
		if err != nil {
			return err
		}
		alarms := []control.Alarm{}
		for _, a := range slices.Backward(s.Alarms) {
			if !open || a.Until.IsZero() {
				alarms = append(alarms, a)
			}
		}
		none := "no alarms"
		if len(s.Alarms) > 0 {
			none = fmt.Sprintf("no open alarms; %s over: `wardflow alarm list` shows them", isOrAre(len(s.Alarms)))
		}
		return out.list(cmd, alarms, alarmTable(alarms), none)
	})
	return cmd
}

func isOrAre(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprint(n, " are")
}

func alarmTable(alarms []control.Alarm) *table {
	t := &table{head: []string{"SINCE", "UNTIL", "KIND", "LOOK AT", "DEVICE", "STREAM", "RAISED BY", "WHAT"}}
	for _, a := range alarms {
		t.add(when(a.At), when(a.Until), a.Kind, a.Who, a.Device, a.Stream, a.Actor, a.Text)
	}
	return t
}
