package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/pki"
)

// contextCommand keeps which clusters somebody looks after, and as whom.
func contextCommand() *cobra.Command {
	var out output
	var to reach
	cmd := &cobra.Command{
		Use:   "context",
		Short: "Keep which clusters you look after, and choose one",
		Long:  "Keeps which clusters you look after, and chooses one for the commands that follow.\n\n" + contextTopic,
		Example: `  wardflow context add ward-3 --node https://10.0.3.5:7443 --cert staff/anna --trust trust.pem --use
  wardflow context list
  WARDFLOW_CONTEXT=ward-4 wardflow app list`,
		RunE: onlySubcommands,
	}
	to.flags(cmd)
	out.flag(cmd)
	cmd.AddCommand(contextListCommand(&to, &out), contextShowCommand(&to, &out), contextUseCommand(), contextAddCommand(&to), contextRemoveCommand())
	return cmd
}

func contextListCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the contexts; the one in use has a star",
		Example: "  wardflow context list",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			views, err := viewContexts(to.context)
			if err != nil {
				return err
			}
			t := &table{head: []string{"", "NAME", "NODE", "CERTIFICATE", "REMARKS"}}
			for _, v := range views {
				star := " "
				if v.Current {
					star = "*"
				}
				t.add(star, v.Name, v.Node, v.Cert, or(v.Error, v.Why))
			}
			return out.list(cmd, control.List[contextView]{APIVersion: control.APIVersion, Items: views}, t,
				"there is no context: `wardflow context add NAME` makes one, `wardflow help contexts` tells where they are looked for")
		},
	}
}

// A holderView is whose certificate a context shows.
type holderView struct {
	URI   string    `json:"uri"`
	Until time.Time `json:"until"`
	Holds bool      `json:"holds"`
	Why   string    `json:"why,omitempty"` // why it does not hold
}

// holderOf looks into the certificate, without its key, and holds it against the
// trust: nil if there is none to look into.
func holderOf(cert, trust string) (*holderView, error) {
	chain, err := pki.LoadChain(filepath.Join(cert, "cert.pem"))
	if err != nil {
		return nil, fmt.Errorf("your certificate: %w", err)
	}
	roots, err := pki.LoadTrust(trust)
	if err != nil {
		return nil, fmt.Errorf("whom to trust: %w", err)
	}
	v := &holderView{URI: viewOf(chain[0]).Holder, Until: chain[0].NotAfter.UTC(), Holds: true}
	if _, err := pki.NewVerifier(roots).Identify(chain, time.Now()); err != nil {
		v.Holds, v.Why = false, err.Error()
	}
	return v, nil
}

func contextShowCommand(to *reach, out *output) *cobra.Command {
	return &cobra.Command{
		Use:   "show [NAME]",
		Short: "Show a context, and who you are in it",
		Long: `Shows a context, by default the one in use: which node it asks, as whom, until
when that certificate holds, and why it is the one in use. Nobody is asked.`,
		Example:           "  wardflow context show",
		Args:              takesFrom(0, 1, "a context, or nothing"),
		ValidArgsFunction: completeContexts,
		RunE: func(cmd *cobra.Command, args []string) error {
			now, err := chosen(or(strings.Join(args, ""), to.context))
			if err != nil {
				return err
			}
			if now.file == "" {
				return notFound(errors.New("no context is in use\n  `wardflow context add` makes one, `wardflow help contexts` tells where they are looked for"))
			}
			current := len(args) == 0
			if c, err := chosen(""); !current && err == nil {
				if current = c == (choice{args[0], now.file, c.why}); current {
					now.why = c.why
				}
			}
			v := viewContext(now, current).alone()
			if v.Error != "" {
				return errors.New(v.Error)
			}
			if v.Holder, err = holderOf(v.Cert, v.Trust); err != nil {
				v.Error = err.Error()
			}
			return out.write(cmd.OutOrStdout(), v, func(w io.Writer) { showContext(w, v) })
		},
	}
}

func showContext(w io.Writer, v contextView) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(tw, "%s\t%s\n", name, value)
		}
	}
	row("context", v.Name)
	row("in use", v.Why)
	row("file", v.File)
	row("node", v.Node)
	row("certificate", v.Cert)
	row("trust", v.Trust)
	if h := v.Holder; h != nil {
		row("you are", h.URI)
		row("until", h.Until.Format(time.RFC3339))
		row("refused", h.Why)
	}
	row("problem", v.Error)
	tw.Flush()
}

func contextUseCommand() *cobra.Command {
	var none bool
	cmd := &cobra.Command{
		Use:               "use NAME",
		Short:             "Choose the context that commands use from now on",
		Example:           "  wardflow context use ward-3\n  wardflow context use --none",
		ValidArgsFunction: completeContexts,
		Args: func(cmd *cobra.Command, args []string) error {
			if none {
				return takes(0, "a context, or --none")(cmd, args)
			}
			return takes(1, "a context, or --none")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if none {
				return use("")
			}
			if _, err := namedContext(args[0]); err != nil {
				return err
			}
			if err := use(args[0]); err != nil {
				return err
			}
			w := cmd.ErrOrStderr()
			fmt.Fprintf(w, "%s is used from now on\n", args[0])
			if now, err := chosen(""); err == nil && now.name != args[0] {
				fmt.Fprintf(w, "warning: not in this shell and folder: %s comes first, %s\n", or(now.name, now.file), now.why)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&none, "none", false, "use none of them")
	return cmd
}

func contextAddCommand(to *reach) *cobra.Command {
	var replace, choose bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Keep a node, your certificate and whom you trust under a name",
		Long: `Keeps the address of a node, the folder of your certificate and the file of the
authorities you trust under a name. What no flag gives is taken from the context
in use. Certificate and trust are looked into; the node is not asked.`,
		Example: "  wardflow context add ward-3 --node https://10.0.3.5:7443 --cert staff/anna --trust trust.pem --use",
		Args:    takes(1, "a name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := contextFile(args[0])
			if err != nil {
				return err
			}
			if isFile(file) && !replace {
				return fmt.Errorf("there is a context %s already\n  --replace puts the new one in its place", args[0])
			}
			holder, err := addContext(to, file)
			if err != nil {
				return err
			}
			w := cmd.ErrOrStderr()
			fmt.Fprintf(w, "added %s: you are %s there, until %s\n", args[0], holder.URI, holder.Until.Format(time.DateTime))
			if choose {
				return use(args[0])
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "in place of the context of that name")
	cmd.Flags().BoolVar(&choose, "use", false, "use it from now on")
	return cmd
}

// addContext writes the file of a context, if what it names is there and good.
func addContext(to *reach, file string) (*holderView, error) {
	at, err := to.complete()
	if err != nil {
		return nil, err
	}
	if _, err := nodeAddress(at.Node); err != nil {
		return nil, err
	}
	for _, path := range []*string{&at.Cert, &at.Trust} {
		if *path, err = filepath.Abs(*path); err != nil {
			return nil, err
		}
	}
	holder, err := holderOf(at.Cert, at.Trust)
	if err != nil {
		return nil, err
	}
	if !holder.Holds {
		return nil, fmt.Errorf("your certificate: %s\n  --trust must hold the authorities that it comes from", holder.Why)
	}
	text, err := yaml.Marshal(at)
	if err != nil {
		return nil, err
	}
	return holder, writeOwn(file, text)
}

func contextRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "remove NAME",
		Short:             "Forget a context; certificates and keys stay where they are",
		Example:           "  wardflow context remove ward-3",
		Args:              takes(1, "a context"),
		ValidArgsFunction: completeContexts,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := namedContext(args[0])
			if err != nil {
				return err
			}
			if err := os.Remove(file); err != nil {
				return fmt.Errorf("remove a context: %w", err)
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "removed %s\n", args[0])
			if name, err := inUse(); err != nil || name != args[0] {
				return err
			}
			return use("")
		},
	}
}
