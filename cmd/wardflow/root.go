package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"charm.land/fang/v2"
	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/script"
)

// The command that all others are under: its help, its flags, and what is the
// same for each command of the tree.

// groups are the headings of the root's help, and what stands under each. A
// command that none names stands under the first.
var groups = []struct {
	id, title string
	commands  []string
}{
	{"cluster", "the cluster", []string{"demo", "init", "node", "doctor", "top", "page", "login", "context", "api", "device", "policy", "register", "gossip", "audit", "alarm", "event"}},
	{"apps", "applications", []string{"app", "actor", "link", "tap"}},
	{"scripts", "scripts", []string{"fmt", "check", "compile", "explain", "run", "test", "graph", "actors", "actor-test", "lsp"}},
	{"people", "certificates", []string{"ca", "cert", "enroll"}},
	{"proof", "rules and proofs", []string{"rule", "chain", "verify", "prove", "checks", "verify-proof"}},
	{"topics", "topics", nil},
	{"more", "about the command itself", []string{"completion", "help", "man", "version", "bench"}},
}

// newRoot is the whole command line. What stands in began says, after it ran,
// whether a command began its work; what failed before was used wrongly.
func newRoot(began *bool) *cobra.Command {
	root := &cobra.Command{
		Use:   "wardflow",
		Short: "Dataflow for hospitals: authenticated, rule-checked, provable",
		Long: "Dataflow for hospitals: actors on many hosts, links that prove who speaks, rules that\n" +
			"judge each reading, records that can be proved.",
		Example: `  wardflow demo                      # a ward to look at, on this host
  wardflow app deploy ward.calvin    # run a script on a cluster
  wardflow app show ward             # what runs where, and why
  wardflow doctor                    # what is wrong, and how to mend it`,
		Args:          cobra.ArbitraryArgs,
		RunE:          onlySubcommands,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	colours := colourFlag("auto")
	root.PersistentFlags().Var(&colours, "color", "colours: auto, always or never")
	mustComplete(root, "color", []string{"auto", "always", "never"})
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(commands()...)
	root.AddCommand(initCommand(), contextCommand(), versionCommand(), manCommand())
	root.AddCommand(topics()...)
	root.SetHelpCommand(helpCommand())
	root.SetHelpCommandGroupID("more")
	root.InitDefaultCompletionCmd()
	each(root, func(c *cobra.Command) {
		if c.Name() == "completion" {
			c.RunE = onlySubcommands // cobra's own says nothing of a shell that it does not know
			c.Args = cobra.ArbitraryArgs
		}
	})
	for _, g := range groups {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, c := range root.Commands() {
			if slices.Contains(g.commands, c.Name()) {
				c.GroupID = g.id
			}
		}
	}
	for _, c := range root.Commands() {
		switch {
		case c.GroupID != "" || c.Name() == "help":
		case c.Runnable():
			c.GroupID = groups[0].id
		default:
			c.GroupID = "topics"
		}
	}
	completeNames(root)
	each(root, func(c *cobra.Command) {
		if run := c.RunE; run != nil {
			c.RunE = func(cmd *cobra.Command, args []string) error {
				*began = true
				return run(cmd, args)
			}
		}
	})
	return root
}

// each visits a command and all below it.
func each(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		each(sub, do)
	}
}

// execute runs a command line and says in words what went wrong.
func execute(ctx context.Context, args []string, out, errs *os.File) int {
	noColour()
	var began bool
	root := newRoot(&began)
	if err := dress(ctx, root); err != nil {
		fmt.Fprintln(errs, "wardflow:", err)
		return exitFailed
	}
	root.PersistentPreRun = func(*cobra.Command, []string) {
		root.SetOut(paint(out))
		root.SetErr(paint(errs))
	}
	root.SetArgs(spelled(args))
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	code := exitCode(err)
	if !began && code == exitFailed {
		code = exitUsage
	}
	tell(paint(errs), cmd, err, code)
	return code
}

// dress gives the root fang's help and version. fang does so as it executes, so
// it is given a command that does nothing. Ours run without it: before it writes
// an error it asks the terminal for its background, for two seconds if there is
// no answer.
func dress(ctx context.Context, root *cobra.Command) error {
	nothing := &cobra.Command{Use: "nothing", Hidden: true, Run: func(*cobra.Command, []string) {}}
	root.AddCommand(nothing)
	root.SetArgs([]string{"nothing"})
	err := fang.Execute(ctx, root, fang.WithVersion(version().String()), fang.WithoutManpage(), fang.WithColorSchemeFunc(colourScheme))
	root.RemoveCommand(nothing)
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		// For the same reason: it asks only if both are terminals.
		in := os.Stdin
		if null, err := os.Open(os.DevNull); err == nil {
			os.Stdin = null
			defer func() { os.Stdin = in; null.Close() }()
		}
		help(c, args)
	})
	return err
}

// colourScheme uses the terminal's own sixteen colours, which its owner can read
// on its background.
func colourScheme(lipgloss.LightDarkFunc) fang.ColorScheme {
	none := lipgloss.NoColor{}
	s := fang.AnsiColorScheme(lipgloss.LightDark(true))
	s.Base, s.Description, s.Argument, s.Help, s.Dash, s.Codeblock = none, none, none, none, none, none
	s.DimmedArgument, s.Comment, s.FlagDefault = lipgloss.BrightBlack, lipgloss.BrightBlack, lipgloss.BrightBlack
	s.Program = lipgloss.Blue
	return s
}

// helpCommand is wardflow help, for commands and topics.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND|TOPIC]",
		Short:   "Explain a command or a topic",
		Example: "  wardflow help app deploy\n  wardflow help exit-codes",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, rest, err := cmd.Root().Find(args)
			if err != nil {
				return usageError{err}
			}
			if len(rest) > 0 && (c == cmd.Root() || c.HasSubCommands()) {
				return onlySubcommands(c, rest)
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			c, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, sub := range c.Commands() {
				if !sub.Hidden {
					names = append(names, sub.Name()+"\t"+sub.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// A release is what this binary was built from.
type release struct {
	Version  string `json:"version"`            // of the module: "v1.2.0", or "(devel)"
	Revision string `json:"revision,omitempty"` // of the sources
	Time     string `json:"time,omitempty"`     // of the revision, RFC 3339
	Modified bool   `json:"modified,omitempty"` // the sources differ from the revision
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func version() release {
	r := release{Version: "(devel)"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return r
	}
	if r.Go = info.GoVersion; info.Main.Version != "" {
		r.Version = info.Main.Version
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	r.Revision, r.Time, r.Modified = set["vcs.revision"], set["vcs.time"], set["vcs.modified"] == "true"
	r.Platform = set["GOOS"] + "/" + set["GOARCH"]
	return r
}

func (r release) String() string {
	s := r.Version
	if n := min(len(r.Revision), 12); n > 0 && !strings.Contains(s, r.Revision[:n]) {
		s += " " + r.Revision[:n]
	}
	if r.Modified && !strings.Contains(s, "+dirty") {
		s += " modified"
	}
	return fmt.Sprintf("%s (%s, %s)", s, r.Go, r.Platform)
}

func versionCommand() *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Say what this binary was built from",
		Example: "  wardflow version -o json",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			r := version()
			return out.write(cmd.OutOrStdout(), r, func(w io.Writer) { fmt.Fprintln(w, "wardflow", r) })
		},
	}
	out.flag(cmd)
	return cmd
}

// errNoCommand is the word for what no command is called.
var errNoCommand = errors.New("no such command")

// onlySubcommands is what a command does that does nothing by itself.
func onlySubcommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	name := strings.TrimSpace(strings.TrimPrefix(cmd.CommandPath(), "wardflow"))
	said := strings.TrimSpace(name + " " + args[0])
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	near := script.Nearest(args[0], names)
	if near != "" {
		near = ": did you mean " + strings.TrimSpace(name+" "+near) + "?"
	}
	return usageError{fmt.Errorf("%s: %w%s: see %s --help", said, errNoCommand, near, cmd.CommandPath())}
}
