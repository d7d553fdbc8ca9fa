package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/pki"
)

func caWithdrawCommand() *cobra.Command {
	var folder caFolder
	var force bool
	cmd := &cobra.Command{
		Use:   "withdraw SHA256",
		Short: "End the belief in an old root, after wardflow ca roll",
		Long: `Takes an old root, by the SHA-256 of its certificate, out of what is believed. What
is below it holds no more. It is refused, and says who that is, while anybody has
nothing newer, cards of staff and patients among them; --force cuts them off. See
wardflow ca list. A running CA service sees it by itself, and nodes that renew
there follow.

What was recorded below the old root is still to be verified: archive.pem, beside
trust.pem, has all roots that ever were. Keep it with the records, and give it to
wardflow verify --trust. Nobody is let in by it.`,
		Example: "  wardflow ca withdraw 5f0e...\n  wardflow verify --store store.db --trust ca/archive.pem",
		Args:    takes(1, "SHA256"),
		RunE: func(cmd *cobra.Command, args []string) error {
			sum, err := hex.DecodeString(args[0])
			if err != nil || len(sum) != sha256.Size {
				return usageError{fmt.Errorf("ca withdraw %.80q: want the 64 hex digits of a root's SHA-256", args[0])}
			}
			if err := withdraw(cmd, &folder, [sha256.Size]byte(sum), force); err != nil {
				return fmt.Errorf("ca withdraw: %w", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), `root %s is withdrawn: trust.pem is without it
records from before are verified by all roots that ever were: wardflow verify --store FILE --trust %s
`, args[0], filepath.Join(folder.dir, pki.ArchiveFile))
			return nil
		},
	}
	folder.flags(cmd)
	cmd.Flags().BoolVar(&force, "force", false, "cut off whoever has nothing newer")
	return cmd
}

func withdraw(cmd *cobra.Command, folder *caFolder, root [sha256.Size]byte, force bool) error {
	open := folder.openers(cmd)
	a, err := folder.load(open)
	if err != nil {
		return err
	}
	left, err := a.Below(root, time.Now())
	if err != nil {
		return err
	}
	if newest := a.Issuing.Chain(); sha256.Sum256(newest[len(newest)-1].Raw) != root && len(left) > 0 && !force {
		return fmt.Errorf("%s below it and nothing newer: it would be cut off. Let it renew, or enrol it again; --force cuts it off", stillBelow(left))
	}
	return pki.Withdraw(folder.dir, root, open...)
}

// mostNamed is how many an error names.
const mostNamed = 8

// stillBelow names holders, and until when what they have is good.
func stillBelow(left []pki.Issuance) string {
	until := map[string]time.Time{}
	var who []string
	for _, i := range left {
		name := i.URI
		if name == "" {
			name = i.Holder + " (for browsers)"
		}
		if _, ok := until[name]; !ok {
			who = append(who, name)
		}
		if i.NotAfter.After(until[name]) {
			until[name] = i.NotAfter
		}
	}
	slices.Sort(who)
	verb, more := "has a certificate", ""
	if len(who) > 1 {
		verb = "have certificates"
	}
	if n := len(who) - mostNamed; n > 0 {
		who, more = who[:mostNamed], fmt.Sprintf(" and %d more", n)
	}
	for i, name := range who {
		who[i] = name + " until " + until[name].UTC().Format(time.RFC3339)
	}
	return strings.Join(who, ", ") + more + " " + verb
}
