package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

func caShowCommand() *cobra.Command {
	var trust string
	var out output
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "Show what certificates say, and whether they hold",
		Long: `Show what the certificates of a PEM file say. FILE may be a directory that holds
cert.pem. If there is a trust.pem beside it, or one is given, the first
certificate is also verified; one that is refused makes the command fail.`,
		Example: "  wardflow ca show monitor",
		Args:    takes(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := args[0]
			if info, err := os.Stat(file); err == nil && info.IsDir() {
				file = filepath.Join(file, "cert.pem")
			}
			chain, err := pki.LoadChain(file)
			if err != nil {
				return fmt.Errorf("ca show: %w", err)
			}
			if trust == "" {
				trust = filepath.Join(filepath.Dir(file), "trust.pem")
				if _, err := os.Stat(trust); err != nil || chain[0].IsCA {
					trust = ""
				}
			}
			var views certViews
			for _, c := range chain {
				views = append(views, viewOf(c))
			}
			refusal := verifyBy(trust, chain, &views[0])
			return errors.Join(views.write(cmd.OutOrStdout(), out), refusal)
		},
	}
	cmd.Flags().StringVar(&trust, "trust", "", "trust.pem to verify the first certificate by (default: the one beside FILE)")
	out.flag(cmd)
	return cmd
}

// A certView is what a person wants to know about a certificate.
type certView struct {
	Holder    string    `json:"holder"` // SPIFFE ID, or an authority's subject
	Role      flow.Role `json:"role,omitempty"`
	Name      string    `json:"name,omitempty"`
	EPC       string    `json:"epc,omitempty"` // pure identity
	EPCHex    string    `json:"epcHex,omitempty"`
	Group     string    `json:"group,omitempty"`
	Rule      string    `json:"rule,omitempty"`
	Domains   []string  `json:"domains,omitempty"` // an authority's trust domains
	Issuer    string    `json:"issuer"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	Serial    string    `json:"serial"` // hex
	SHA256    string    `json:"sha256"` // of the certificate, hex
	Holds     *bool     `json:"holds,omitempty"`
	Why       string    `json:"why,omitempty"` // it can't be read, or is refused
}

func viewOf(c *x509.Certificate) certView {
	sum := sha256.Sum256(c.Raw)
	v := certView{
		Holder: c.Subject.String(), Issuer: c.Issuer.String(), NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(),
		Serial: fmt.Sprintf("%032x", c.SerialNumber), SHA256: hex.EncodeToString(sum[:]),
	}
	if c.IsCA {
		v.Domains = c.PermittedURIDomains
		return v
	}
	h, err := pki.Read(c)
	if err != nil {
		v.Why = err.Error()
		return v
	}
	v.Holder, v.Role, v.Name, v.Group = h.URI, h.Role, h.Name, h.Group
	if h.Role == flow.RoleDevice {
		v.EPC, v.EPCHex = h.EPC.URI(), h.EPC.Hex()
	}
	if h.Rule != nil {
		v.Rule = h.Rule.String()
	}
	return v
}

// verifyBy notes in view whether chain holds by the trust in a file; with no
// file it notes nothing.
func verifyBy(trust string, chain []*x509.Certificate, view *certView) error {
	if trust == "" {
		return nil
	}
	t, err := pki.LoadTrust(trust)
	if err != nil {
		return fmt.Errorf("ca show: %w", err)
	}
	_, err = pki.NewVerifier(t).Identify(chain, time.Now())
	holds := err == nil
	view.Holds = &holds
	if err != nil {
		view.Why = err.Error()
		return fmt.Errorf("ca show: %w", err)
	}
	return nil
}

type certViews []certView

// write names certificates by their holders, as "ca revoke" takes them.
func (vs certViews) write(w io.Writer, out output) error {
	if out != "name" {
		return out.write(w, vs, vs.print)
	}
	for _, v := range vs {
		if _, err := fmt.Fprintln(w, inCell(v.Holder)); err != nil {
			return err
		}
	}
	return nil
}

func (vs certViews) print(w io.Writer) {
	for i, v := range vs {
		if i > 0 {
			fmt.Fprintln(w)
		}
		v.print(w)
	}
}

func (v certView) print(w io.Writer) {
	var s sheet
	row := func(name, value string) { s.add(name, value) }
	if v.Role != "" {
		row("holder", v.Holder)
	} else {
		row("authority", v.Holder)
	}
	row("role", string(v.Role))
	if v.EPC != "" {
		row("epc", v.EPC+" ("+v.EPCHex+")")
	}
	row("group", v.Group)
	row("rule", v.Rule)
	row("issues for", strings.Join(v.Domains, ", "))
	row("issuer", v.Issuer)
	row("good", v.NotBefore.Format(time.RFC3339)+" to "+v.NotAfter.Format(time.RFC3339))
	row("serial", v.Serial)
	row("sha256", v.SHA256)
	switch {
	case v.Holds != nil && *v.Holds:
		row("holds", "yes")
	case v.Holds != nil:
		row("holds", "no")
	case v.Why != "":
		row("not ours", v.Why)
	}
	s.write(w)
}
