package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/control"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

func caRevokeCommand() *cobra.Command {
	var desk caDesk
	var out output
	var c enroll.Change
	cmd := &cobra.Command{
		Use:   "revoke WHO",
		Short: "Take back what somebody has: every node closes its links, and lets it in no more",
		Long: `Takes back all certificates of a holder, and renews none. WHO is a SPIFFE ID, an
EPC, ROLE/NAME, a name that only one has, or a file with its certificate. With
--serial it is one certificate only.

With --node or --context the new revocation list is brought to the cluster at
once; without, nodes that renew at the CA service hear of it there.

The reason certificateHold suspends: wardflow ca reinstate takes it back.`,
		Example: `  wardflow ca revoke urn:epc:id:giai:0614141.5678 --reason keyCompromise --node https://10.0.0.5:7443
  wardflow ca revoke node/bedside --reason certificateHold
  wardflow ca revoke --serial 7a0c...`,
		Args: takesFrom(0, 1, "WHO, or --serial"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (c.Serial != "") {
				return usageError{errors.New("ca revoke: say who it is, or --serial: see wardflow ca revoke --help")}
			}
			if len(args) == 1 {
				who, err := whoIs(args[0])
				if err != nil {
					return fmt.Errorf("ca revoke: %w", err)
				}
				c.Who = who
			}
			return desk.change(cmd, &out, "revoke", func(r registrar) (enroll.Changed, error) { return r.Revoke(cmd.Context(), c) })
		},
	}
	desk.flags(cmd)
	out.flag(cmd)
	cmd.Flags().StringVar(&c.Serial, "serial", "", "serial number of one certificate, hex")
	cmd.Flags().StringVar(&c.Reason, "reason", "", "keyCompromise, cessationOfOperation, superseded, affiliationChanged, privilegeWithdrawn, certificateHold or unspecified, as in RFC 5280")
	return cmd
}

func caReinstateCommand() *cobra.Command {
	var desk caDesk
	var out output
	cmd := &cobra.Command{
		Use:     "reinstate WHO",
		Short:   "Let somebody in again who was suspended (revoked with certificateHold)",
		Example: "  wardflow ca reinstate node/bedside",
		Args:    takes(1, "WHO"),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := whoIs(args[0])
			if err != nil {
				return fmt.Errorf("ca reinstate: %w", err)
			}
			return desk.change(cmd, &out, "reinstate", func(r registrar) (enroll.Changed, error) { return r.Reinstate(cmd.Context(), who) })
		},
	}
	desk.flags(cmd)
	out.flag(cmd)
	return cmd
}

// whoIs takes a name as it is, and the holder's SPIFFE ID from a certificate's
// file or folder.
func whoIs(arg string) (string, error) {
	file := arg
	if strings.HasPrefix(arg, "spiffe:") || strings.HasPrefix(arg, "urn:") {
		return arg, nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return arg, nil
	}
	if info.IsDir() {
		if file = filepath.Join(file, "cert.pem"); !exists(file) {
			return arg, nil
		}
	}
	chain, err := pki.LoadChain(file)
	if err != nil {
		return "", err
	}
	h, err := pki.Read(chain[0])
	if err != nil {
		return "", err
	}
	return h.URI, nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// change revokes or reinstates, and brings the lists to the cluster if one is
// named.
func (d *caDesk) change(cmd *cobra.Command, out *output, what string, do func(registrar) (enroll.Changed, error)) (err error) {
	wrap := func(err error) error { return fmt.Errorf("ca %s: %w", what, err) }
	r, done, err := d.open(cmd, "")
	if err != nil {
		return wrap(err)
	}
	defer func() { err = errors.Join(err, done()) }()
	changed, err := do(r)
	if err != nil {
		return wrap(err)
	}
	told, err := d.tellCluster(cmd, changed.Lists)
	if err != nil {
		err = wrap(fmt.Errorf("it is done, but the cluster could not be told, and hears of it from the CA service only: %w", mend(err)))
	}
	v := changeView{Holder: changed.Holder}
	for _, der := range changed.Lists {
		if l, err := pki.ReadList(der); err == nil {
			v.Lists = append(v.Lists, listView{Issuer: l.Issuer, Number: l.Number, NextUpdate: l.NextUpdate, Revoked: len(l.Entries)})
		}
	}
	if told != nil {
		v.Have, v.Missing = told.Have, told.Missing
	}
	return errors.Join(err, out.write(cmd.OutOrStdout(), v, v.show))
}

// tellCluster brings lists to the node that the command line names, if it does.
func (d *caDesk) tellCluster(cmd *cobra.Command, lists [][]byte) (*control.Revoked, error) {
	if d.to.Node == "" && d.to.context == "" {
		return nil, nil
	}
	c, err := d.to.client()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var last *control.Revoked
	for _, der := range lists {
		if last, err = c.Revoke(cmd.Context(), der); err != nil {
			return nil, err
		}
	}
	return last, nil
}

// A changeView is what came of a revocation.
type changeView struct {
	Holder  *enroll.Entry `json:"holder,omitempty"`
	Lists   []listView    `json:"lists"`
	Have    []flow.NodeID `json:"have,omitempty"`    // nodes that have the lists
	Missing []flow.NodeID `json:"missing,omitempty"` // nodes that have not said so yet
}

func (v changeView) show(w io.Writer) {
	if v.Holder != nil {
		state := string(v.Holder.State)
		if v.Holder.Reason != "" {
			state += " (" + v.Holder.Reason + ")"
		}
		fmt.Fprintf(w, "%s is %s\n", v.Holder.URI, state)
	}
	for _, l := range v.Lists {
		fmt.Fprintf(w, "list %d of authority %.16s: %d revoked, good until %s\n", l.Number, l.Issuer, l.Revoked, l.NextUpdate.Format(time.RFC3339))
	}
	if len(v.Have)+len(v.Missing) > 0 {
		fmt.Fprintf(w, "nodes that know: %v\n", v.Have)
	}
	if len(v.Missing) > 0 {
		fmt.Fprintf(w, "nodes that have not said so yet: %v\n", v.Missing)
	}
}
