package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/apps/view"
	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/durable"
)

// pageCommand serves the live page on the person's own machine, in her name.
func pageCommand() *cobra.Command {
	var to reach
	var out output
	var at control.DeskConfig
	var open bool
	var file string
	cmd := &cobra.Command{
		Use:   "page",
		Short: "Open the live page in your own name, to deploy and steer from it",
		Long: `Serves the live page from this program, on this machine only, and prints a link
that works once. What you do on that page is done with your certificate: it is
shown to the node, and signs what you deploy. A page that a node serves can't do
that, since no key ever goes into it. The key stays in its file, or on the card.

Whoever opens the link acts in your name: give it to nobody, and end the command
when you are done. All that was opened with it ends then.`,
		Example: `  wardflow page
  wardflow page --open`,
		Args: takes(0, "nothing but flags"),
	}
	to.flags(cmd)
	out.flag(cmd)
	f := cmd.Flags()
	f.StringVar(&at.Addr, "addr", "127.0.0.1:0", "where to listen, on this machine only; port 0: one that is free")
	f.StringVar(&at.Host, "host", "", "what your browser calls this machine; default a name under localhost that nobody can guess (127.0.0.1 for a browser that does not know such names)")
	f.BoolVar(&open, "open", false, "open the link in your browser at once")
	f.StringVar(&file, "link-file", "", "write the link to a file too, for your eyes only: for programs that start this one")
	cmd.RunE = ask(&to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
		who, err := c.Session(ctx)
		if err != nil {
			return err
		}
		at.Client, at.Page = c, view.Files()
		desk, err := control.ServeDesk(at)
		if err != nil {
			return err
		}
		login := desk.Login()
		fmt.Fprintf(cmd.ErrOrStderr(), "in the name of %s, who may %s\n", inCell(who.ID.URI), inCell(inWords(who.May)))
		err = out.write(cmd.OutOrStdout(), login, func(w io.Writer) {
			fmt.Fprintln(w, login.Link)
			fmt.Fprintf(cmd.ErrOrStderr(), "works once, until %s; Ctrl-C ends it all\n", login.Until.Local().Format(time.TimeOnly))
		})
		if err == nil && file != "" {
			err = durable.Replace(file, []byte(login.Link+"\n"), 0o600)
		}
		if err == nil && open {
			var forget func()
			forget, err = openBrowser(ctx, login.Link)
			defer forget()
		}
		if err == nil {
			<-ctx.Done()
		}
		if closed := desk.Close(); err == nil {
			err = closed
		}
		return err
	})
	return cmd
}

// inWords are the actions that somebody may do, the plain ones left out.
func inWords(may []string) string {
	may = slices.DeleteFunc(slices.Clone(may), func(do string) bool { return do == "see" || do == "check" || do == "login" })
	if len(may) == 0 {
		return "look, and change nothing"
	}
	return strings.Join(may, ", ")
}
