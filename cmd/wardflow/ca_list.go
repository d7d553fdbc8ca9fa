package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"encoding/pem"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/pki"
)

func caListCommand() *cobra.Command {
	var desk caDesk
	var out output
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List everybody who is registered, with their certificates",
		Long: `Lists everybody who is registered. ROOT is the beginning of the SHA-256 of the root
above the newest certificate: after wardflow ca roll, who has the old one has not
renewed yet. -o json has issuer and root of each certificate.`,
		Example: "  wardflow ca list -o json",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			r, done, err := desk.open(cmd, "")
			if err != nil {
				return fmt.Errorf("ca list: %w", err)
			}
			defer func() { err = errors.Join(err, done()) }()
			all, err := r.Holders(cmd.Context())
			if err != nil {
				return fmt.Errorf("ca list: %w", err)
			}
			return out.list(cmd, all, holderTable(all), "nobody is registered: `wardflow ca token` lets a machine in, `wardflow ca staff` makes a card")
		},
	}
	desk.flags(cmd)
	out.flag(cmd)
	return cmd
}

func holderTable(all []enroll.Holder) *table {
	t := &table{head: []string{"HOLDER", "GROUP", "STATE", "SINCE", ">CERTIFICATES", "UNTIL", "ROOT"}}
	for _, h := range all {
		var last enroll.Certificate // the one that ends last, of the newest root that it has any of
		for _, c := range h.Certificates {
			if c.Root != last.Root || c.NotAfter.After(last.NotAfter) {
				last = c
			}
		}
		end := ""
		if !last.NotAfter.IsZero() {
			end = last.NotAfter.UTC().Format(time.RFC3339)
		}
		t.add(h.URI, h.Group, holderState(h), h.Since.UTC().Format(time.RFC3339), len(h.Certificates), end, fmt.Sprintf("%.16s", last.Root))
	}
	return t
}

// holderState is a holder's state, with its reason, and whether its token is too old.
func holderState(h enroll.Holder) string {
	switch {
	case h.Reason != "":
		return fmt.Sprintf("%s (%s)", h.State, h.Reason)
	case h.State == enroll.Invited && time.Now().After(h.TokenUntil):
		return string(h.State) + " (token ended)"
	}
	return string(h.State)
}

// A listView is a revocation list in short.
type listView struct {
	Authority  string    `json:"authority,omitempty"`
	Issuer     string    `json:"issuer"` // key identifier, hex
	Number     uint64    `json:"number"`
	NextUpdate time.Time `json:"nextUpdate"`
	Revoked    int       `json:"revoked"`
	File       string    `json:"file,omitempty"`
}

func caCRLCommand() *cobra.Command {
	var folder caFolder
	var out output
	var dir string
	var fresh bool
	cmd := &cobra.Command{
		Use:   "crl",
		Short: "Show the newest revocation lists, and write them to files",
		Long: `Shows the newest revocation list of each authority, and writes them, with --out,
to AUTHORITY.crl in a directory, in PEM, as openssl reads them. --publish signs
new ones first, which the CA service does by itself.`,
		Example: "  wardflow ca crl --out lists\n  openssl crl -in lists/issuing.crl -text -noout",
		Args:    takes(0, "nothing but flags"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := folder.load(folder.openers(cmd))
			if err != nil {
				return fmt.Errorf("ca crl: %w", err)
			}
			var all []listView
			for _, ca := range a.All() {
				v, err := listOf(ca, fresh, dir)
				if err != nil {
					return fmt.Errorf("ca crl: %w", err)
				}
				if v != nil {
					all = append(all, *v)
				}
			}
			return out.list(cmd, all, listTable(all), "no authority has signed a list yet: --publish signs them")
		},
	}
	folder.flags(cmd)
	out.flag(cmd)
	cmd.Flags().StringVar(&dir, "out", "", "directory to write the lists to")
	cmd.Flags().BoolVar(&fresh, "publish", false, "sign new lists first")
	return cmd
}

// listOf is the newest list of a CA, nil if it has none.
func listOf(ca *pki.CA, fresh bool, dir string) (*listView, error) {
	der, err := ca.List()
	if fresh {
		der, err = ca.Publish(time.Now())
	}
	if err != nil || der == nil {
		return nil, err
	}
	l, err := pki.ReadList(der)
	if err != nil {
		return nil, err
	}
	v := &listView{Authority: ca.Name(), Issuer: pki.KeyID(ca.Cert), Number: l.Number, NextUpdate: l.NextUpdate, Revoked: len(l.Entries)}
	if dir == "" {
		return v, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	v.File = filepath.Join(dir, ca.Name()+".crl")
	return v, os.WriteFile(v.File, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), 0o644)
}

func listTable(all []listView) *table {
	t := &table{head: []string{"AUTHORITY", ">NUMBER", ">REVOKED", "GOOD UNTIL", "FILE"}}
	for _, l := range all {
		t.add(l.Authority, l.Number, l.Revoked, l.NextUpdate.UTC().Format(time.RFC3339), l.File)
	}
	return t
}
