package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
)

// loginCommand prints a one-time link to the live page.
func loginCommand() *cobra.Command {
	var to reach
	var out output
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Print a one-time link to the live page",
		Long: `Prints a link to the live page. Whoever opens it first can watch with that
browser until the session ends, and change nothing.`,
		Example: "  wardflow login",
		Args:    takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
		l, err := c.Login(ctx)
		if err != nil {
			return err
		}
		return out.write(cmd.OutOrStdout(), l, func(w io.Writer) {
			fmt.Fprintln(w, l.Link)
			fmt.Fprintf(cmd.ErrOrStderr(), "works once, until %s\n", l.Until.Local().Format(time.TimeOnly))
		})
	})
	return cmd
}
