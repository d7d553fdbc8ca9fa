package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/policy"
)

// policyCommand shows and changes who may do what.
func policyCommand() *cobra.Command {
	var to reach
	var out output
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "See and change who may link to whom, and what people may do",
		Long: `See and change who may link to whom, and what people may do.

The policy is text in the language Cedar. What no rule permits is refused, and a
rule that forbids wins. The built-in rules let readings go from a device to the
collector of its room, from there to a rule check, and from there to storage. A
hospital's own text adds rules, and takes none of the built-in away. An admin
signs it ("admins" in node.yaml), and each node verifies it.`,
		Example: `  wardflow policy show
  wardflow policy check own.cedar
  wardflow policy set own.cedar`,
		RunE: onlySubcommands,
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.AddCommand(policyShowCommand(&to, &out), policyCheckCommand(&to, &out), policySetCommand(&to, &out), policyResetCommand(&to, &out))
	return cmd
}

func policyShowCommand(to *reach, out *output) *cobra.Command {
	var text, schema bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "List the rules in force, in plain words or as they are written",
		Example: `  wardflow policy show
  wardflow policy show --text
  wardflow policy show --schema`,
		Args: takes(0, "nothing but flags"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
			p, err := c.Policy(ctx)
			if err != nil {
				return err
			}
			return out.write(cmd.OutOrStdout(), p, func(w io.Writer) {
				switch {
				case schema:
					fmt.Fprint(w, p.Schema)
				case text:
					fmt.Fprint(w, p.BuiltIn)
					if p.Own != "" {
						fmt.Fprintf(w, "\n// The hospital's own, signed by %s at %s.\n\n%s", p.By, p.At.UTC().Format(time.RFC3339), p.Own)
					}
				default:
					showPolicy(w, p)
				}
			})
		}),
	}
	cmd.Flags().BoolVar(&text, "text", false, "the rules as they are written")
	cmd.Flags().BoolVar(&schema, "schema", false, "what rules may speak of")
	return cmd
}

func showPolicy(w io.Writer, p *control.Policy) {
	ruleTableOf(p.Rules).write(w)
	fmt.Fprintln(w)
	if p.Own == "" {
		fmt.Fprintln(w, "The hospital has no rules of its own.")
	} else {
		fmt.Fprintf(w, "The hospital's own rules were signed by %s at %s.\n", p.By, p.At.UTC().Format(time.RFC3339))
	}
	if len(p.Admins) == 0 {
		fmt.Fprintln(w, "Nobody is an admin: \"admins: [NAME]\" in the node.yaml of every node names some.")
	} else {
		fmt.Fprintf(w, "Admins, who may do everything: %s.\n", strings.Join(p.Admins, ", "))
	}
}

func ruleTableOf(rules []control.PolicyRule) *table {
	t := &table{head: []string{"RULE", "OF", "EFFECT", "SAYS"}}
	for _, r := range rules {
		of, effect := "built-in", "forbid"
		if r.Own {
			of = fmt.Sprintf("line %d", r.Line)
		}
		if r.Permits {
			effect = "permit"
		}
		t.add(r.ID, of, effect, r.Says)
	}
	return t
}

func policyCheckCommand(to *reach, out *output) *cobra.Command {
	var here bool
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Say what is wrong with a policy, and what it would change of what runs",
		Example: `  wardflow policy check own.cedar
  wardflow policy check own.cedar --here`,
		Args: takes(1, "a file with rules"),
	}
	cmd.Flags().BoolVar(&here, "here", false, "look at the text alone, and ask no node")
	asking := ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
		text, err := readPolicy(args[0])
		if err != nil {
			return err
		}
		check, err := c.CheckPolicy(ctx, text)
		if err != nil {
			return err
		}
		return out.write(cmd.OutOrStdout(), check, func(w io.Writer) { showCheck(w, check, "would") })
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !here {
			return asking(cmd, args)
		}
		text, err := readPolicy(args[0])
		if err == nil {
			fmt.Fprintf(cmd.OutOrStdout(), "%s reads well: %d bytes\n", args[0], len(text))
		}
		return err
	}
	return cmd
}

// readPolicy reads a file of rules; a mistake is named as compilers do.
func readPolicy(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if _, err := policy.New(string(b)); err != nil {
		if at := new(policy.Error); errors.As(err, &at) {
			return "", fmt.Errorf("%s:%w", file, err)
		}
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return string(b), nil
}

// showCheck says what a policy would change, or changes.
func showCheck(w io.Writer, c *control.PolicyCheck, does string) {
	own := 0
	for _, r := range c.Rules {
		if r.Own {
			own++
		}
	}
	fmt.Fprintf(w, "%s beside %s\n", plural(own, "rule"), "the built-in")
	for _, x := range c.Cut {
		fmt.Fprintf(w, "%s end: link %s: %s\n", does, x.Name, x.Why)
	}
	for _, x := range c.Open {
		fmt.Fprintf(w, "%s be let: link %s: %s\n", does, x.Name, x.Why)
	}
	for _, x := range c.Apps {
		fmt.Fprintf(w, "warning: a node that starts anew would not run %s: %s\n", x.Name, x.Why)
	}
	if len(c.Cut)+len(c.Open)+len(c.Apps) == 0 {
		fmt.Fprintln(w, "of what is deployed nothing changes")
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func policySetCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "set FILE",
		Short:   "Sign a policy with your certificate, and put it into force on every node",
		Example: "  wardflow policy set own.cedar",
		Args:    takes(1, "a file with rules"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, args []string) error {
			text, err := readPolicy(args[0])
			if err != nil {
				return err
			}
			return putPolicy(ctx, c, cmd, out, text)
		}),
	}
}

func policyResetCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "reset",
		Short:   "Go back to the built-in rules alone",
		Example: "  wardflow policy reset",
		Args:    takes(0, "nothing"),
		RunE: ask(to, func(ctx context.Context, c *control.Client, cmd *cobra.Command, _ []string) error {
			return putPolicy(ctx, c, cmd, out, "")
		}),
	}
}

func putPolicy(ctx context.Context, c *control.Client, cmd *cobra.Command, out *output, text string) error {
	check, err := c.PutPolicy(ctx, text)
	if err != nil {
		return err
	}
	return out.write(cmd.OutOrStdout(), check, func(w io.Writer) {
		fmt.Fprint(w, "agreed: ")
		showCheck(w, check, "will")
	})
}
