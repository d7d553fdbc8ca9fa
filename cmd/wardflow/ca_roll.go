package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/pki"
)

func caRollCommand() *cobra.Command {
	var folder caFolder
	var unsealed bool
	cmd := &cobra.Command{
		Use:   "roll",
		Short: "Make a new root that follows the one there is",
		Long: `Makes a new root and new authorities below it, and has the old root vouch for the
new one. From then on the new ones issue; both are believed, so nothing stops. A
running CA service sees it by itself, and nodes that renew there follow. When all
have renewed, wardflow ca withdraw ends the old root: wardflow ca list shows below
which root everybody is.`,
		Example: "  wardflow ca roll --ca ca --passphrase-file secret",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			next, err := rollOver(cmd, &folder, unsealed)
			if err != nil {
				return fmt.Errorf("ca roll: %w", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), `made a new root, SHA-256 %s
both it and the old one are believed: %s
when everybody has renewed (a day, unless lives are longer; cards are made anew): wardflow ca withdraw %s
`, fingerprintOf(next), "trust.pem has both", fingerprintOf(next.Old[0]))
			return nil
		},
	}
	folder.flags(cmd)
	cmd.Flags().BoolVar(&unsealed, "unsealed", false, "leave the new keys unsealed, for whoever can read the directory")
	return cmd
}

func rollOver(cmd *cobra.Command, folder *caFolder, unsealed bool) (*pki.Authority, error) {
	seal, pass, err := folder.seal(cmd, unsealed)
	if err != nil {
		return nil, err
	}
	var open []pki.Opener
	if pass != nil {
		open = []pki.Opener{pki.Passphrase(func() ([]byte, error) { return pass, nil })}
	}
	a, err := folder.load(open)
	if err != nil {
		return nil, err
	}
	next, err := a.Roll(time.Now())
	if err != nil {
		return nil, err
	}
	return next, next.SaveBeside(folder.dir, seal)
}

// seal is how new keys are kept: by the passphrase, or unsealed if that is said.
func (c *caFolder) seal(cmd *cobra.Command, unsealed bool) (pki.Seal, []byte, error) {
	switch {
	case unsealed && c.passphrase == "":
		return pki.Unsealed(), nil, nil
	case unsealed || c.passphrase == "":
		return pki.Seal{}, nil, usageError{errors.New("say how the keys are kept: --passphrase-file FILE seals them, --unsealed leaves them to whoever can read the directory: for a demonstration only")}
	}
	pass, err := pki.PassphraseFile(c.passphrase, cmd.InOrStdin())()
	return pki.Sealed(pass), pass, err
}

func fingerprintOf(a *pki.Authority) string {
	chain := a.Issuing.Chain()
	sum := sha256.Sum256(chain[len(chain)-1].Raw)
	return hex.EncodeToString(sum[:])
}
