package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// caCommand makes authorities and certificates, and shows them.
func caCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ca",
		Short: "Make a hospital's authorities and the certificates of everybody in it",
		Example: `  wardflow ca init --dir ca --hospital h1.health.example --passphrase-file secret
  wardflow ca serve --passphrase-file secret --registrar ada
  wardflow ca token --role node --name bedside
  wardflow ca revoke node/bedside --reason keyCompromise
  wardflow ca staff ada --out ada
  wardflow ca device urn:epc:id:giai:0614141.5678 --group h1/3/icu-3/ecg --out monitor
  wardflow ca show monitor`,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(caInitCommand(), caShowCommand(), caServeCommand(), caTokenCommand(), caListCommand(),
		caRevokeCommand(), caReinstateCommand(), caCRLCommand(), caRollCommand(), caWithdrawCommand(), caRegistryCommand())
	for _, k := range holders {
		cmd.AddCommand(k.command())
	}
	return cmd
}

func caInitCommand() *cobra.Command {
	var dir, hospital string
	var keys caFolder
	var tokens tokenKeys
	var unsealed bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make a ministry's root and a hospital's two authorities",
		Long: `Makes a ministry's root, and a hospital's two authorities below it. Their keys
are sealed with a passphrase (openssl pkey opens them too), or, if that is said,
left as they are, for a demonstration. A program built with -tags pkcs11 can use
keys in tokens, which are named by URIs (RFC 7512).`,
		Example: "  wardflow ca init --dir ca --hospital h1.health.example --passphrase-file secret",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if hospital == "" {
				return usageError{errors.New("ca init: give the hospital's name: --hospital h1.health.example")}
			}
			seal, _, err := keys.seal(cmd, unsealed)
			if err != nil {
				return fmt.Errorf("ca init: %w", err)
			}
			inTokens, err := tokens.open()
			if err != nil {
				return fmt.Errorf("ca init: %w", err)
			}
			a, err := pki.NewAuthorityWith(hospital, inTokens, time.Now())
			if err != nil {
				return usageError{fmt.Errorf("ca init: %w", err)}
			}
			err = a.Save(dir, seal)
			if errors.Is(err, pki.ErrExists) {
				return fmt.Errorf("ca init: %w: it is left as it is; name another directory with --dir", err)
			}
			if err != nil {
				return fmt.Errorf("ca init: %w", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), `made the authorities of %s
  %-15s for nodes, devices, collectors, storage
  %-15s for staff and patients
  %-15s the ministry's: needed for new authorities only, so keep it elsewhere
  %-15s what everybody must have to know the others
next: wardflow ca node NAME --ca %s --out DIR
`, hospital, filepath.Join(dir, "issuing"), filepath.Join(dir, "people"), filepath.Join(dir, "root"), filepath.Join(dir, "trust.pem"), dir)
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "ca", "directory to make it in")
	tokens.flags(cmd)
	cmd.Flags().StringVar(&hospital, "hospital", "", "the hospital's trust domain, such as h1.health.example")
	cmd.Flags().StringVar(&keys.passphrase, "passphrase-file", "", "file with the passphrase to seal the keys with, at least 12 bytes, - for standard input")
	cmd.Flags().BoolVar(&unsealed, "unsealed", false, "leave the keys unsealed, for whoever can read the directory: for a demonstration")
	return cmd
}

// A holderKind is one kind of certificate that the command makes.
type holderKind struct {
	role    flow.Role
	arg     string
	short   string
	example string
	machine bool
}

var holders = []holderKind{
	{flow.RoleNode, "NAME", "Make the certificate of a node", "wardflow ca node bedside --out bedside", true},
	{flow.RoleDevice, "URN", "Make the certificate of a device", "wardflow ca device urn:epc:id:giai:0614141.5678 --group h1/3/icu-3/ecg --out monitor", true},
	{flow.RoleCollector, "NAME", "Make the certificate of a patient's collector", "wardflow ca collector bed-1 --group h1/3/icu-3/collector --out bed-1", true},
	{flow.RoleStorage, "NAME", "Make the certificate of a storage actor", "wardflow ca storage records --out records", true},
	{flow.RoleStaff, "NAME", "Make the card of a member of staff", "wardflow ca staff n-17 --out nurse", false},
	{flow.RolePatient, "PSEUDONYM", "Make the card of a patient, who signs readings with it", "wardflow ca patient p-7f3a --out card", false},
}

func (k holderKind) command() *cobra.Command {
	var folder caFolder
	var out, rule string
	var replace bool
	req := pki.Request{Role: k.role}
	cmd := &cobra.Command{
		Use:     string(k.role) + " " + k.arg,
		Short:   k.short,
		Example: "  " + k.example,
		Args:    takes(1, k.arg),
		RunE: func(cmd *cobra.Command, args []string) error {
			what := "ca " + string(k.role)
			if out == "" {
				out = args[0]
				if k.role == flow.RoleDevice {
					return usageError{fmt.Errorf("%s: say where to put the certificate: --out DIR", what)}
				}
			}
			if err := k.fill(&req, args[0], rule); err != nil {
				return usageError{fmt.Errorf("%s: %w", what, err)}
			}
			if _, err := os.Stat(filepath.Join(out, "key.pem")); err == nil && !replace {
				return fmt.Errorf("%s: there is a key in %s already: name another --out, or --replace it", what, out)
			}
			a, err := folder.load(folder.openers(cmd))
			if err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			s, err := a.Enroll(req, time.Now())
			if err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			if err := pki.SaveSigner(out, s); err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			if err := pki.SaveTrust(filepath.Join(out, "trust.pem"), a.Trust()); err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "made %s in %s, good until %s\n", s.ID.URI, out, s.ID.NotAfter.UTC().Format(time.RFC3339))
			return nil
		},
	}
	folder.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "directory to put cert.pem, key.pem and trust.pem in (default: the name)")
	f.BoolVar(&replace, "replace", false, "replace the key and certificate that are there")
	if !k.machine {
		f.DurationVar(&req.Life, "life", 0, "how long it is good, at most 3 years (default: 2 years)")
		return cmd
	}
	f.DurationVar(&req.Life, "life", 0, "how long it is good, at most 90 days (default: 24h)")
	f.StringVar(&req.Group, "group", "", "site/floor/room/type, such as h1/3/icu-3/ecg: whose rules judge its readings")
	f.StringVar(&rule, "rule", "", "ADDRESS@VERSION of the oldest rule it may be judged by")
	return cmd
}

// fill completes a request from the command line, and finds what is wrong with
// it before any file is touched.
func (k holderKind) fill(req *pki.Request, arg, rule string) error {
	if k.role == flow.RoleDevice {
		epc, err := pki.ParseEPC(arg)
		if err != nil {
			return err
		}
		req.EPC = epc
	} else {
		req.Name = arg
	}
	if rule != "" {
		pin, err := pki.ParseRulePin(rule)
		if err != nil {
			return err
		}
		req.Rule = &pin
	}
	needs := k.role == flow.RoleDevice || k.role == flow.RoleCollector
	if req.Group == "" && needs {
		return errors.New("say which group it belongs to: --group site/floor/room/type, such as h1/3/icu-3/ecg")
	}
	if req.Group == "" {
		return nil
	}
	return pki.CheckGroup(req.Group)
}

// takes wants n arguments, called what.
func takes(n int, what string) cobra.PositionalArgs { return takesFrom(n, n, what) }

// takesFrom wants from least to most arguments, called what.
func takesFrom(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return usageError{fmt.Errorf("%s: want %s: see wardflow %[1]s --help", cmd.CommandPath()[len("wardflow "):], what)}
		}
		return nil
	}
}
