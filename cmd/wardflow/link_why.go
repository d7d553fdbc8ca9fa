package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/flow"
)

// linkWhyCommand explains a link, under "link".
func linkWhyCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:   "why FROM TO",
		Short: "Say step by step why a link is there, or why it is not",
		Long: `Says step by step why a link is there, or why it is not: whether the application
is what somebody signed, the script has the link, both actors run and with which
certificates, what the policy says and by which rule, and whether both ends have
proved who they are. An end is APP:ACTOR or APP:ACTOR.PORT; a link's name, as
"link list -o json" gives it, is good for both. The exit code is 1 if the link
carries nothing.`,
		Example: `  wardflow link why ward:bed_1_ecg ward:bed_1:collect
  wardflow link why "ward:bed_1:check.passed > ward:store.in"`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 2 {
				return nil
			}
			if len(args) == 1 {
				if _, err := flow.ParseLinkID(flow.LinkID(args[0])); err != nil {
					return usageError{err}
				}
				return nil
			}
			return usageError{fmt.Errorf("want the two ends of a link, or its name")}
		},
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				l, err := flow.ParseLinkID(flow.LinkID(args[0]))
				if err != nil {
					return err
				}
				args = []string{l.From.String(), l.To.String()}
			}
			why, err := c.WhyLink(ctx, args[0], args[1])
			if err != nil {
				return err
			}
			if err := out.write(cmd.OutOrStdout(), why, func(w io.Writer) { showWhy(w, why) }); err != nil {
				return err
			}
			return carries(why)
		}),
	}
}

func showWhy(w io.Writer, why *control.LinkWhy) {
	for _, s := range why.Steps {
		said := "yes"
		if !s.OK {
			said = "no "
		}
		fmt.Fprintf(w, "%s  %s", said, s.What)
		if s.Why != "" {
			fmt.Fprintf(w, ": %s", s.Why)
		}
		fmt.Fprintln(w)
	}
	if carries(why) == nil {
		fmt.Fprintf(w, "%s is there\n", why.Link)
	}
}

// carries is nil for a link that is there and can carry tokens.
func carries(why *control.LinkWhy) error {
	switch {
	case why.Link == "":
		return fmt.Errorf("there is no link from %s to %s", why.From, why.To)
	case !why.May:
		return fmt.Errorf("%s carries nothing", why.Link)
	}
	return nil
}
