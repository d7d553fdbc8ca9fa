package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/durable"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/registry"
)

func caRegistryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "registry",
		Short: "Keep the registry of devices on the chain in step with the authorities' records",
		Long: `The contract DeviceRegistry knows the keys of devices' certificates and which are
revoked, for contracts and strangers to verify devices' signatures by. It names
nobody: a device is the hash of its EPC and of the secret salt in registry.salt,
beside the authorities.

The authority that issues to machines signs what is written there. Its key must
have the registrar's role, to which rule admins agree:

  wardflow rule admins --grant ca/issuing --role registrar --cert authority/rules-1`,
		RunE: onlySubcommands,
	}
	cmd.AddCommand(caRegistryPublishCommand(), caRegistryCheckCommand())
	return cmd
}

// A registryDesk is where the authorities' records and the contract meet.
type registryDesk struct {
	ledger
	folder caFolder
}

func (d *registryDesk) flags(cmd *cobra.Command) {
	d.ledger.flags(cmd)
	d.folder.flags(cmd)
	d.payerFlags(cmd)
}

// payerFlags are the ledger's, save that the passphrase file is the folder's.
func (d *registryDesk) payerFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.payer, "payer-key", "", "with --rpc or --dir: key file of the account that pays (default of --dir: its collector.key; a node pays by itself)")
	cmd.Flags().StringVar(&d.ledger.passphraseFile, "payer-passphrase-file", "", "file whose first line opens the payer's key")
}

// run gives do the registry and the office.
func (d *registryDesk) run(do func(ctx context.Context, r *registry.Registry, o *enroll.Office, cmd *cobra.Command) error) func(*cobra.Command, []string) error {
	return d.do(func(ctx context.Context, at *opened, cmd *cobra.Command, _ []string) (err error) {
		o, done, err := d.folder.office(cmd)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, done()) }()
		r, err := registryAt(ctx, at, d.folder.dir)
		if err != nil {
			return err
		}
		return do(ctx, r, o, cmd)
	})
}

// registryAt is the registry of the rule manager that was found, with the salt of
// the authorities' folder.
func registryAt(ctx context.Context, at *opened, folder string) (*registry.Registry, error) {
	if at.manager == (chain.Address{}) {
		return nil, usageError{errNoManager}
	}
	salt, err := saltIn(folder)
	if err != nil {
		return nil, err
	}
	return registry.Find(ctx, at.chain, at.manager, at.relay, salt)
}

// saltFile is in the authorities' folder.
const saltFile = "registry.salt"

// saltIn reads the salt, and makes it if there is none.
func saltIn(folder string) (salt registry.Salt, err error) {
	file := filepath.Join(folder, saltFile)
	if err := makeSalt(folder, file); err != nil && !errors.Is(err, os.ErrExist) {
		return salt, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return salt, err
	}
	if !intoBytes(salt[:], strings.TrimSpace(string(text))) {
		return salt, fmt.Errorf("%s: want the 64 hex digits that were there when the first device was registered: without them nobody finds a device again", file)
	}
	return salt, nil
}

// makeSalt fails with os.ErrExist where there is one already, also if another
// process has just made it.
func makeSalt(folder, file string) error {
	if exists(file) {
		return os.ErrExist
	}
	var salt registry.Salt
	_, _ = rand.Read(salt[:]) // never fails
	// Whole or not at all: what comes second finds the first one's.
	made := filepath.Join(folder, "."+saltFile+"-"+rand.Text())
	if err := durable.Replace(made, []byte(hex.EncodeToString(salt[:])+"\n"), 0o600); err != nil {
		return err
	}
	err := os.Link(made, file)
	return errors.Join(err, os.Remove(made), durable.Folder(folder))
}

// deviceRecords are what the office knows of devices, and how many of their
// certificates no contract can verify: their keys are not on P-256, or were not
// yet put on record.
func deviceRecords(o *enroll.Office, now time.Time) (recs registry.Records, unfit int, err error) {
	for _, ca := range o.Authority().All() {
		issued, err := ca.Issued()
		if err != nil {
			return recs, 0, err
		}
		for _, i := range issued {
			if i.Role != flow.RoleDevice || !now.Before(i.NotAfter) {
				continue
			}
			r := registry.Record{Group: i.Group, NotAfter: i.NotAfter}
			fits := intoBytes(r.Certificate[:], i.SHA256) && intoBytes(r.EPC[:], i.EPC) && intoBytes(r.Key[:], i.Key)
			if !fits {
				unfit++
				continue
			}
			if _, r.Revoked, err = ca.Revoked(i.Serial); err != nil {
				return recs, 0, err
			}
			recs.Certificates = append(recs.Certificates, r)
		}
	}
	recs.Devices, err = devicesOf(o, now)
	return recs, unfit, err
}

func devicesOf(o *enroll.Office, now time.Time) (all []registry.Device, err error) {
	holders, err := o.Holders(now)
	if err != nil {
		return nil, err
	}
	for _, h := range holders {
		if h.Role != flow.RoleDevice || len(h.Certificates) == 0 {
			continue
		}
		d := registry.Device{Barred: h.State == enroll.Revoked || h.State == enroll.Suspended}
		if intoBytes(d.EPC[:], h.Certificates[0].EPC) {
			all = append(all, d)
		}
	}
	return all, nil
}

// intoBytes fills b with what hex digits say, if there are as many as it needs.
func intoBytes(b []byte, digits string) bool {
	if len(digits) != 2*len(b) {
		return false
	}
	_, err := hex.Decode(b, []byte(digits))
	return err == nil
}

func caRegistryPublishCommand() *cobra.Command {
	var d registryDesk
	var out output
	var strangers bool
	cmd := &cobra.Command{
		Use:   "publish",
		Short: "Bind the devices' certificates on the chain, and revoke those that are revoked",
		Example: `  wardflow ca registry publish --ca ca --passphrase-file secret
  wardflow ca registry publish --ca ca --rpc http://127.0.0.1:8545 --manager 0x5FbD... --payer-key payer.key`,
		Args: takes(0, "nothing but flags"),
	}
	d.flags(cmd)
	out.flag(cmd)
	cmd.Flags().BoolVar(&strangers, "revoke-strangers", false, "also revoke what stands there and is in none of the authorities' records")
	cmd.RunE = d.run(func(ctx context.Context, r *registry.Registry, o *enroll.Office, cmd *cobra.Command) error {
		v, err := publishDevices(ctx, r, o, strangers)
		if err != nil {
			return fmt.Errorf("ca registry publish: %w", err)
		}
		return out.write(cmd.OutOrStdout(), v, v.show)
	})
	return cmd
}

func caRegistryCheckCommand() *cobra.Command {
	var d registryDesk
	var out output
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "Say whether the registry on the chain and the authorities' records agree",
		Example: "  wardflow ca registry check --ca ca",
		Args:    takes(0, "nothing but flags"),
	}
	d.flags(cmd)
	out.flag(cmd)
	cmd.RunE = d.run(func(ctx context.Context, r *registry.Registry, o *enroll.Office, cmd *cobra.Command) error {
		c, unfit, err := compareDevices(ctx, r, o, 0)
		if err != nil {
			return fmt.Errorf("ca registry check: %w", err)
		}
		v := registryViewOf(r, c, unfit)
		if err := out.write(cmd.OutOrStdout(), v, v.show); err != nil {
			return err
		}
		if !c.Same() {
			return errors.New("ca registry check: the registry and the authorities' records differ: wardflow ca registry publish mends what can be")
		}
		return nil
	})
	return cmd
}

func compareDevices(ctx context.Context, r *registry.Registry, o *enroll.Office, since uint64) (c *registry.Comparison, unfit int, err error) {
	now := time.Now()
	c, err = r.Compare(ctx, func() (recs registry.Records, err error) {
		recs, unfit, err = deviceRecords(o, now)
		return recs, err
	}, since, now)
	return c, unfit, err
}

// publishDevices brings the registry in step, and says how they compare then.
func publishDevices(ctx context.Context, r *registry.Registry, o *enroll.Office, strangers bool) (*registryView, error) {
	c, _, err := compareDevices(ctx, r, o, 0)
	if err != nil {
		return nil, err
	}
	done, err := r.Publish(ctx, o.Authority().Issuing.Signer(), c, strangers)
	if err != nil {
		return nil, err
	}
	c, unfit, err := compareDevices(ctx, r, o, done.Block)
	if err != nil {
		return nil, err
	}
	v := registryViewOf(r, c, unfit)
	v.Bound, v.Revoked, v.Barred, v.Readmitted = done.Bound, done.Revoked, done.Barred, done.Readmit
	return v, nil
}

// A registryView is how the registry and the records compare.
type registryView struct {
	Registry string `json:"registry"`
	Block    uint64 `json:"block"`
	Agree    int    `json:"agree"` // certificates of which both say the same

	Bound      int `json:"bound"` // what was done
	Revoked    int `json:"revoked"`
	Barred     int `json:"barred"`
	Readmitted int `json:"readmitted"`

	Unbound   int      `json:"unbound"` // what differs
	Unrevoked int      `json:"unrevoked"`
	Devices   int      `json:"devices"`
	Held      int      `json:"held"`
	Unfit     int      `json:"unfit"`
	Strangers []string `json:"strangers"` // SHA-256 of certificates
	Altered   []string `json:"altered"`
}

func registryViewOf(r *registry.Registry, c *registry.Comparison, unfit int) *registryView {
	v := &registryView{Registry: r.Contract.Hex(), Block: c.Block, Agree: c.Agree, Unbound: len(c.Unbound), Unrevoked: len(c.Unrevoked),
		Devices: len(c.Unbarred) + len(c.Barred), Held: len(c.Held), Unfit: unfit, Strangers: []string{}, Altered: []string{}}
	for _, l := range c.Strangers {
		v.Strangers = append(v.Strangers, hex.EncodeToString(l.Certificate[:]))
	}
	for _, l := range c.Altered {
		v.Altered = append(v.Altered, hex.EncodeToString(l.Certificate[:]))
	}
	return v
}

func (v *registryView) show(w io.Writer) {
	if v.Bound+v.Revoked+v.Barred+v.Readmitted > 0 {
		fmt.Fprintf(w, "bound %d certificates, revoked %d; barred %d devices, readmitted %d\n", v.Bound, v.Revoked, v.Barred, v.Readmitted)
	}
	fmt.Fprintf(w, "registry %s at block %d: %d certificates of devices are as they are on record\n", v.Registry, v.Block, v.Agree)
	for _, l := range []struct {
		n    int
		what string
	}{
		{v.Unbound, "good and not there"},
		{v.Unrevoked, "revoked and good there"},
		{v.Devices, "devices revoked here and not there, or the other way round"},
		{v.Held, "reinstated, and revoked there until the device renews"},
		{v.Unfit, "not to be bound: contracts can't verify the key, or it is on no record, as it is older than the registry"},
		{len(v.Strangers), "good there and on no record: " + strings.Join(v.Strangers, ", ")},
		{len(v.Altered), "there with another key, device, group or end: " + strings.Join(v.Altered, ", ")},
	} {
		if l.n > 0 {
			fmt.Fprintf(w, "  %d %s\n", l.n, l.what)
		}
	}
}
