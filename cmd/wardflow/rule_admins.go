package main

import (
	"context"
	"crypto"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/rule"
)

func ruleAdminsCommand(to *ledger) *cobra.Command {
	var p putting
	var out output
	var grant, withdraw, role string
	cmd := &cobra.Command{
		Use:   "admins",
		Short: "List who may change rules; propose who else may, or may no more",
		Long: `Lists who may change rules. With --grant or --withdraw it proposes that somebody
gets a role or loses it, which takes approvals as every change.

The roles: admin proposes, approves and pauses; pauser pauses; registrar writes the
registry of devices.`,
		Example: `  wardflow rule admins
  wardflow rule admins --grant authority/rules-3 --cert authority/rules-1
  wardflow rule admins --withdraw 0x71C7656EC7ab88b098defB751B7401B5f6d8976F --cert authority/rules-1`,
		Args: takes(0, "nothing but flags"),
	}
	f := cmd.Flags()
	f.StringVar(&grant, "grant", "", "whose key gets the role: a certificate's file or folder")
	f.StringVar(&withdraw, "withdraw", "", "whose key loses it: a certificate's file or folder, or the key's address")
	f.StringVar(&role, "role", "admin", "admin, pauser or registrar")
	out.flag(cmd)
	p.flags(to, cmd)
	list := to.desk(func(ctx context.Context, d *rule.Desk, cmd *cobra.Command, _ []string) error {
		a, err := d.Authority(ctx)
		if err != nil {
			return err
		}
		return out.write(cmd.OutOrStdout(), a, func(w io.Writer) { showAuthority(w, a, to.crowd()) })
	})
	change := to.act(func(ctx context.Context, d *rule.Desk, by flow.Signer, cmd *cobra.Command, _ []string) error {
		op, whose := rule.OpGrant, grant
		if withdraw != "" {
			op, whose = rule.OpWithdraw, withdraw
		}
		key, err := keyArg(whose, op == rule.OpWithdraw)
		if err != nil {
			return err
		}
		c, err := d.Order(ctx, op, role, key)
		if err != nil {
			return err
		}
		return p.put(ctx, d, by, cmd.OutOrStdout(), to.crowd(), c)
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case grant != "" && withdraw != "":
			return usageError{fmt.Errorf("rule admins: --grant and --withdraw are two proposals")}
		case grant+withdraw == "":
			return list(cmd, args)
		}
		return change(cmd, args)
	}
	return cmd
}

func showAuthority(w io.Writer, a *rule.Authority, names crowd) {
	fmt.Fprintf(w, "a change takes %d of %d admins\n", a.Approvals, len(a.Admins))
	t := table{head: []string{"KEY", "ROLE", "NAME"}}
	for _, g := range []struct {
		role string
		keys []chain.Address
	}{{"admin", a.Admins}, {"pauser", a.Pausers}, {"registrar", a.Registrars}} {
		for _, k := range g.keys {
			t.add(k.Hex(), g.role, names[k])
		}
	}
	t.write(w)
	if a.Successor != (chain.Address{}) {
		fmt.Fprintf(w, "the rule manager %s follows this one\n", a.Successor)
	}
}

// keyArg is the key of a certificate, or one that is named by its address.
func keyArg(arg string, address bool) (chain.Address, error) {
	if _, err := os.Stat(arg); err != nil && address {
		key, err := chain.ParseAddress(arg)
		if err != nil {
			return key, usageError{fmt.Errorf("%q is neither a certificate nor the address of a key: %w", arg, err)}
		}
		return key, nil
	}
	public, err := publicKey(arg)
	if err != nil {
		return chain.Address{}, err
	}
	return eip712.KeyAddress(public)
}

// publicKey is that of a certificate, in a file or a folder with cert.pem.
func publicKey(arg string) (crypto.PublicKey, error) {
	if info, err := os.Stat(arg); err == nil && info.IsDir() {
		arg = filepath.Join(arg, "cert.pem")
	}
	c, err := pki.LoadChain(arg)
	if err != nil {
		return nil, err
	}
	return c[0].PublicKey, nil
}
