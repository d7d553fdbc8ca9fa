package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manCommand writes the help as manual pages.
func manCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man [COMMAND]...",
		Short: "Write the help as manual pages",
		Long: `Writes the manual page of a command to standard output; with --dir the pages of all
commands and topics to a folder, as packages carry them. SOURCE_DATE_EPOCH is the
day that stands in them; without it none does.`,
		Example: `  wardflow man app deploy | man -l -
  wardflow man --dir /usr/local/share/man/man1`,
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := manDay()
			if err != nil {
				return err
			}
			if dir != "" {
				if len(args) > 0 {
					return usageError{fmt.Errorf("--dir writes the pages of all commands: leave %s out", strings.Join(args, " "))}
				}
				return manPages(cmd, dir, day)
			}
			c, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return onlySubcommands(c, append(rest, ""))
			}
			return manPage(cmd.OutOrStdout(), c, day)
		},
		ValidArgsFunction: helpCommand().ValidArgsFunction,
	}
	cmd.Flags().StringVar(&dir, "dir", "", "folder to write the pages of all commands to")
	return cmd
}

// manDay is the day of SOURCE_DATE_EPOCH, "" without one: pages made twice are
// the same.
func manDay() (string, error) {
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		return "", nil
	}
	s, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return "", usageError{fmt.Errorf("SOURCE_DATE_EPOCH %q: want seconds since 1970", epoch)}
	}
	return time.Unix(s, 0).UTC().Format(time.DateOnly), nil
}

// manPages writes all pages: wardflow.1, wardflow-app.1, wardflow-app-deploy.1 …
func manPages(cmd *cobra.Command, dir, day string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("man: %w", err)
	}
	n := 0
	var failed error
	each(cmd.Root(), func(c *cobra.Command) {
		if c.Hidden || failed != nil {
			return
		}
		var b strings.Builder
		if failed = manPage(&b, c, day); failed == nil {
			failed = os.WriteFile(filepath.Join(dir, manName(c)+".1"), []byte(b.String()), 0o644)
		}
		n++
	})
	if failed != nil {
		return fmt.Errorf("man: %w", failed)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "wrote %d pages to %s\n", n, dir)
	return nil
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage writes one page in the language of man(7).
func manPage(w io.Writer, c *cobra.Command, day string) error {
	p := &roff{}
	p.f(".TH %s 1 %s %s %s\n", quoted(strings.ToUpper(manName(c))), quoted(day), quoted("Wardflow "+version().Version), quoted("Wardflow"))
	p.section("NAME")
	p.text(manName(c) + " - " + c.Short)
	p.section("SYNOPSIS")
	p.f(".B %s\n", escaped(c.UseLine()))
	if long := or(c.Long, c.Short+"."); long != "" {
		p.section("DESCRIPTION")
		p.prose(long)
	}
	p.commands(c)
	p.flags("OPTIONS", c.NonInheritedFlags())
	p.flags("COMMON OPTIONS", c.InheritedFlags())
	if c.Example != "" {
		p.section("EXAMPLES")
		p.literal(c.Example)
	}
	if c.Runnable() {
		p.section("EXIT STATUS")
		p.literal(exitCodes)
	}
	if !c.HasParent() {
		p.section("ENVIRONMENT")
		p.literal(environmentTopic)
	}
	p.seeAlso(c)
	_, err := io.WriteString(w, p.String())
	return err
}

// A roff is a page that grows.
type roff struct{ strings.Builder }

func (p *roff) f(format string, args ...any) { fmt.Fprintf(p, format, args...) }

func (p *roff) section(title string) { p.f(".SH %s\n", title) }

// text is a paragraph.
func (p *roff) text(text string) {
	for line := range strings.Lines(strings.TrimSpace(text)) {
		p.f("%s\n", escaped(strings.TrimRight(line, "\n")))
	}
}

// prose is paragraphs; what is indented stands as it is.
func (p *roff) prose(text string) {
	for i, part := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			p.f(".PP\n")
		}
		if strings.HasPrefix(part, " ") {
			p.literal(part)
		} else {
			p.text(part)
		}
	}
}

// literal is text that keeps its lines.
func (p *roff) literal(text string) {
	p.f(".nf\n")
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		p.f("%s\n", escaped(strings.TrimRight(line, "\n")))
	}
	p.f(".fi\n")
}

func (p *roff) commands(c *cobra.Command) {
	said := false
	for _, sub := range c.Commands() {
		if sub.Hidden {
			continue
		}
		if !said {
			p.section("COMMANDS")
			said = true
		}
		p.f(".TP\n.BR %s (1)\n%s\n", escaped(manName(sub)), escaped(sub.Short))
	}
}

func (p *roff) flags(title string, flags *pflag.FlagSet) {
	said := false
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		if !said {
			p.section(title)
			said = true
		}
		kind, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		switch {
		case kind != "" && f.NoOptDefVal != "":
			name += "[=" + kind + "]"
		case kind != "":
			name += " " + kind
		}
		if d := f.DefValue; d != "" && d != "false" && d != "0" && d != "[]" {
			usage += " (" + d + ")"
		}
		p.f(".TP\n.B %s\n%s\n", escaped(name), escaped(usage))
	})
}

func (p *roff) seeAlso(c *cobra.Command) {
	var others []string
	if c.HasParent() {
		others = append(others, manName(c.Parent()))
		for _, sibling := range c.Parent().Commands() {
			if c.Parent().HasParent() && sibling != c && !sibling.Hidden {
				others = append(others, manName(sibling))
			}
		}
	}
	if len(others) == 0 {
		return
	}
	p.section("SEE ALSO")
	for i, o := range others {
		comma := ","
		if i == len(others)-1 {
			comma = ""
		}
		p.f(".BR %s (1)%s\n", escaped(o), comma)
	}
}

// escaped is text that roff takes as it stands.
func escaped(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...", "�", "?").Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

func quoted(text string) string { return `"` + strings.ReplaceAll(escaped(text), `"`, `\(dq`) + `"` }
