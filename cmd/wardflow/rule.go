package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/rule"
)

// ruleCommand shows and changes the rules.
func ruleCommand() *cobra.Command {
	var to ledger
	cmd := &cobra.Command{
		Use:   "rule",
		Short: "See and change the rules that readings are judged by",
		Long: `See and change the rules that readings are judged by.

A rule belongs to a group of devices: site/floor/room/type, or the beginning of
it. Of all that fit a device the longest decides alone; a rule of the device
itself goes before them. A rule that is retired refuses.

A change takes several rule admins: one proposes, others approve. Each signs with
the key of a certificate, --cert; the contract on the chain judges who may.`,
		Example: `  wardflow rule list
  wardflow rule set --cert authority/rules-1 --group h1/3 --kind 8310-5 --unit Cel --min 35 --max 42
  wardflow rule approve --cert authority/rules-2`,
		RunE: onlySubcommands,
	}
	to.flags(cmd)
	cmd.AddCommand(ruleListCommand(&to), ruleShowCommand(&to), ruleSetCommand(&to), ruleProposeCommand(&to),
		rulePendingCommand(&to), ruleApproveCommand(&to), ruleCancelCommand(&to), ruleRetireCommand(&to),
		ruleHistoryCommand(&to), ruleExplainCommand(&to), ruleTryCommand(),
		rulePauseCommand(&to), ruleUnpauseCommand(&to), ruleAdminsCommand(&to))
	return cmd
}

func ruleListCommand(to *ledger) *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the groups and devices that have a rule",
		Example: "  wardflow rule list",
		Args:    takes(0, "nothing but flags"),
	}
	out.flag(cmd)
	cmd.RunE = to.desk(func(ctx context.Context, d *rule.Desk, cmd *cobra.Command, _ []string) error {
		set, head, err := d.Rules(ctx)
		if err != nil {
			return err
		}
		doc := ruleList{d.Manager.Hex(), set.Epoch(), head.Number, set.Paused(), set.Rules()}
		t := table{head: []string{"RULE OF", "STATE", ">VERSION", "ANSWERS", "KINDS"}}
		for _, r := range set.Rules() {
			t.add(shownRule(&r), stateOf(r, set), r.Version, r.Mode, kindsOf(r))
		}
		return out.list(cmd, doc, &t, "there are no rules yet, so that every reading is refused: wardflow rule propose FILE")
	})
	return cmd
}

// A ruleList is rule list for programs.
type ruleList struct {
	Manager string      `json:"manager"`
	Epoch   uint64      `json:"epoch"`
	Block   uint64      `json:"block"`
	Paused  bool        `json:"paused"`
	Rules   []rule.Rule `json:"rules"`
}

func stateOf(r rule.Rule, s *rule.Set) string {
	switch {
	case s.Paused():
		return "paused"
	case r.Revoked:
		return "retired"
	}
	return "in force"
}

func kindsOf(r rule.Rule) string {
	kinds := make([]string, len(r.Limits))
	for i, l := range r.Limits {
		kinds[i] = l.Kind
	}
	for _, a := range r.Codes {
		kinds = append(kinds, "contract "+a.Hex())
	}
	return strings.Join(kinds, ", ")
}

func groupsOf(rules []rule.Rule) string {
	groups := make([]string, len(rules))
	for i, r := range rules {
		groups[i] = shownRule(&r)
	}
	return strings.Join(groups, ", ")
}

// shownRule is whom a rule is for as people see it.
func shownRule(r *rule.Rule) string { return shown(r.Scope()) }

// shown is a group as people see it.
func shown(group string) string {
	if group == "" {
		return `""`
	}
	return group
}

func ruleShowCommand(to *ledger) *cobra.Command {
	var proposal string
	cmd := &cobra.Command{
		Use:   "show [GROUP|EPC]",
		Short: "Write the rules of a group or device, or all, as a rule file",
		Example: `  wardflow rule show h1/3 > rules.yaml
  wardflow rule show --proposal 3fa9 > proposed.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{errors.New("rule show: want one group or EPC, or none")}
			}
			return nil
		},
		RunE: to.desk(func(ctx context.Context, d *rule.Desk, cmd *cobra.Command, args []string) error {
			if proposal != "" {
				return showProposed(ctx, d, cmd.OutOrStdout(), proposal)
			}
			set, _, err := d.Rules(ctx)
			if err != nil {
				return err
			}
			rules := set.Rules()
			if len(args) == 1 {
				r, ok := ruleOf(set, args[0])
				if !ok {
					return noRule(set, args[0])
				}
				rules = []rule.Rule{r}
			}
			fmt.Fprint(cmd.OutOrStdout(), rule.Format(rules))
			return nil
		}),
	}
	cmd.Flags().StringVar(&proposal, "proposal", "", "the rules that a proposal would set, to try them")
	return cmd
}

// showProposed writes the rules that a proposal sets.
func showProposed(ctx context.Context, d *rule.Desk, w io.Writer, name string) error {
	p, err := d.Find(ctx, name, time.Now())
	if err != nil {
		return err
	}
	var rules []rule.Rule
	for _, c := range p.Changes {
		if c.Op == rule.OpSet {
			rules = append(rules, c.Rule)
		}
	}
	if len(rules) == 0 {
		return fmt.Errorf("proposal %s sets no rule", rule.ShortID(p.ID))
	}
	fmt.Fprint(w, rule.Format(rules))
	return nil
}

// ruleOf is the rule of a group, or of a device by its EPC.
func ruleOf(set *rule.Set, arg string) (rule.Rule, bool) {
	if _, epc, err := scopeArg(arg); err == nil && epc != "" {
		return set.ForDevice(epc)
	}
	return set.Rule(arg)
}

// scopeArg reads whom a rule is for: a group, or a device by its EPC in hex or as
// a URN.
func scopeArg(arg string) (group, device string, err error) {
	if strings.HasPrefix(arg, "urn:epc:") {
		e, err := pki.ParseEPC(arg)
		if err != nil {
			return "", "", usageError{err}
		}
		return "", e.Hex(), nil
	}
	if epc := strings.TrimPrefix(arg, "device "); epc != arg || len(arg) == 24 && !strings.Contains(arg, "/") {
		if len(epc) != 24 || strings.Trim(strings.ToUpper(epc), "0123456789ABCDEF") != "" {
			return "", "", usageError{fmt.Errorf("device %q: want the 24 hex digits of its EPC", epc)}
		}
		return "", strings.ToUpper(epc), nil
	}
	return strings.Trim(arg, `"`), "", nil
}

// noRule says that a group or device has no rule of its own, and which decides.
func noRule(set *rule.Set, arg string) error {
	if _, epc, err := scopeArg(arg); err == nil && epc != "" {
		return fmt.Errorf("device %s has no rule of its own: that of its group decides", epc)
	}
	if r, ok := set.For(arg); ok {
		return fmt.Errorf("group %s has no rule of its own: that of %s decides for it", shown(arg), shown(r.Group))
	}
	return fmt.Errorf("group %s has no rule: its readings are refused", shown(arg))
}

// A crowd knows the names of keys: those of the certificates in the folders
// beside one's own, and in a folder authority beside those or here.
type crowd map[chain.Address]string

func people(own string) crowd {
	c := crowd{}
	var files []string
	beside := filepath.Dir(filepath.Clean(own))
	for _, dir := range []string{beside, filepath.Join(beside, "authority"), filepath.Join(beside, "..", "authority"), "authority"} {
		found, _ := filepath.Glob(filepath.Join(dir, "*", "cert.pem")) // no pattern is bad
		files = append(files, found...)
	}
	for _, file := range files {
		cert, err := pki.LoadChain(file)
		if err != nil {
			continue
		}
		key, err := eip712.KeyAddress(cert[0].PublicKey)
		if h, readErr := pki.Read(cert[0]); err == nil && readErr == nil && h.Role == flow.RoleStaff {
			c[key] = h.Name
		}
	}
	return c
}

// name is a key for people.
func (c crowd) name(key chain.Address) string {
	if n := c[key]; n != "" {
		return n
	}
	return "key " + key.Hex()
}

// in is a text about keys for people.
func (c crowd) in(text string) string {
	for key, name := range c {
		text = strings.ReplaceAll(text, "key "+key.Hex(), name)
	}
	return text
}

func (c crowd) names(keys []chain.Address) string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = c.name(k)
	}
	return strings.Join(all, ", ")
}

// crowd is who is known beside the certificate of who acts, or looks.
func (l *ledger) crowd() crowd {
	if l.Cert == "" {
		if at, err := l.complete(); err == nil {
			return people(at.Cert)
		}
		return people(filepath.Join("authority", "nobody"))
	}
	return people(l.Cert)
}

// rulesFile reads the rules of a file that was named.
func rulesFile(name string) ([]rule.Rule, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("rule file: %w", err)
	}
	return rule.Parse(name, text)
}
