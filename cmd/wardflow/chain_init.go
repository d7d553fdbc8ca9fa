package main

import (
	"crypto"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/rule"
)

func chainInitCommand() *cobra.Command {
	var dir, passphraseFile, rulesFile string
	var admins, registrars []string
	var approvals int
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make a chain with a rule manager and its first rules",
		Long: `Makes a chain with a rule manager and its first rules: those of --rules, or of
the demo's ward.

Who may change the rules is said by certificates, of which only the public keys
are taken: at least two admins, as a change takes at least two. Their keys stay
where they are, on cards for instance. The authority that certifies devices may
write which they are if --registrar names its certificate.

An account comes with it, collector.key, which can only pay for transactions.
With --passphrase-file it is encrypted, in go-ethereum's keystore form.

The nodes that are to keep the chain get a directory and the manager's address in
their configuration, under "chain", and one of them this directory; other nodes
get the address only.`,
		Example: "  wardflow chain init --dir chain --admin authority/rules-1 --admin authority/rules-2 --registrar ca/issuing/cert.pem",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			f := rule.Founding{Approvals: approvals}
			var err error
			if f.Rules, err = rulesOf(rulesFile); err != nil {
				return err
			}
			if f.Passphrase, err = chain.Passphrase(passphraseFile); err != nil {
				return err
			}
			if len(admins) < 2 {
				return usageError{errors.New("who may change the rules? Name at least two with --admin, by their certificates: a change takes two")}
			}
			if f.Admins, err = publicKeys(admins); err != nil {
				return err
			}
			if f.Registrars, err = publicKeys(registrars); err != nil {
				return err
			}
			info, err := rule.Init(cmd.Context(), dir, f)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), `made chain %d in %s
  manager   %s
  rules     %s
  admins    %s; a change takes %d of them
  collector %s
`, info.ChainID, dir, info.Manager, groupsOf(f.Rules), strings.Join(admins, ", "), approvals, filepath.Join(dir, rule.CollectorKeyFile))
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "chain", "directory to make it in")
	cmd.Flags().StringArrayVar(&admins, "admin", nil, "certificate of who may change the rules, a file or a folder with cert.pem; give at least two")
	cmd.Flags().IntVar(&approvals, "approvals", 2, "how many admins a change takes, the proposer counted")
	cmd.Flags().StringArrayVar(&registrars, "registrar", nil, "certificate of an authority that may write the registry of devices; may be given several times")
	cmd.Flags().StringVar(&passphraseFile, "passphrase-file", "", "file whose first line encrypts the account's key")
	cmd.Flags().StringVar(&rulesFile, "rules", "", "rule file to begin with (default: the demo's ward)")
	return cmd
}

func publicKeys(of []string) (keys []crypto.PublicKey, err error) {
	for _, arg := range of {
		key, err := publicKey(arg)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}
