package main

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wardflow/wardflow/runtime/audit"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/token"
)

// A caFolder is where the authorities are, and what opens their keys.
type caFolder struct {
	dir        string
	passphrase string // file; "-": standard input
}

func (c *caFolder) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.dir, "ca", "ca", "directory of the authorities, from wardflow ca init")
	cmd.Flags().StringVar(&c.passphrase, "passphrase-file", "", "file with the passphrase of the authorities' keys, - for standard input (default: they are not sealed)")
}

// openers open the keys that are on disk. Without a passphrase, sealed ones sign
// nothing, which many commands don't want.
func (c *caFolder) openers(cmd *cobra.Command) []pki.Opener {
	if c.passphrase == "" {
		return []pki.Opener{token.Opener, locked}
	}
	return []pki.Opener{token.Opener, pki.Passphrase(pki.PassphraseFile(c.passphrase, cmd.InOrStdin()))}
}

// locked gives a key that can't sign in the place of a sealed one.
func locked(k pki.Kept) (crypto.Signer, error) {
	if k.PEM == nil {
		return nil, nil
	}
	chain, err := pki.LoadChain(filepath.Join(k.Dir, "cert.pem"))
	if err != nil {
		return nil, err
	}
	return lockedKey{chain[0].PublicKey}, nil
}

type lockedKey struct{ public crypto.PublicKey }

func (k lockedKey) Public() crypto.PublicKey { return k.public }

func (lockedKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, fmt.Errorf("%w: say where the passphrase is: --passphrase-file FILE", pki.ErrSealed)
}

// load reads the authorities.
func (c *caFolder) load(open []pki.Opener) (*pki.Authority, error) {
	a, err := pki.LoadAuthority(c.dir, open...)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: make one with wardflow ca init --dir %s, or say where it is with --ca", err, c.dir)
	}
	return a, err
}

// office opens the authorities with their registry. What is done with it is put
// on record beside it; close has it on disk.
func (c *caFolder) office(cmd *cobra.Command) (o *enroll.Office, close func() error, err error) {
	record, err := c.record(cmd.Context(), "audit-desk")
	if err != nil {
		return nil, nil, err
	}
	open := c.openers(cmd)
	o, err = enroll.OpenOffice(c.dir, func() (*pki.Authority, error) { return c.load(open) }, func(e flow.AuditEvent) { record.Add(e) })
	if err != nil {
		return nil, nil, errors.Join(err, record.Close())
	}
	return o, record.Close, nil
}

// record opens the record in a folder of the authorities' one, which one process
// at a time can have.
func (c *caFolder) record(ctx context.Context, name string) (*audit.Log, error) {
	if _, err := os.Stat(filepath.Join(c.dir, "trust.pem")); err != nil {
		_, err := c.load(nil) // says it better
		if err == nil {
			err = fmt.Errorf("%s: no trust.pem", c.dir)
		}
		return nil, err
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		log, err := audit.Open(audit.Config{Dir: filepath.Join(c.dir, name), Node: "ca"})
		if err == nil || time.Now().After(deadline) {
			return log, err
		}
		select { // another command has it for a moment
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// urlFile is where a CA service leaves its address for who works in its folder.
const urlFile = "url"

// url is the address of the service that runs with the folder.
func (c *caFolder) url() (string, error) {
	b, err := os.ReadFile(filepath.Join(c.dir, urlFile))
	if err != nil {
		return "", usageError{errors.New("where is the CA service? give --url https://HOST:PORT, or start it first: wardflow ca serve")}
	}
	return strings.TrimSpace(string(b)), nil
}

// A caDesk is where holders are invited and revoked: the authorities' folder, or
// their service, for whoever it has as a registrar.
type caDesk struct {
	caFolder
	to      reach
	service string
}

func (d *caDesk) flags(cmd *cobra.Command) {
	d.caFolder.flags(cmd)
	d.to.flags(cmd)
	cmd.Flags().StringVar(&d.service, "service", "", "address of the CA service, https://HOST:PORT, to ask it, with --cert of a registrar and --trust, instead of working in the folder --ca")
}

// A registrar invites and revokes.
type registrar interface {
	Invite(context.Context, enroll.Invitation) (enroll.Token, error)
	Revoke(context.Context, enroll.Change) (enroll.Changed, error)
	Reinstate(ctx context.Context, who string) (enroll.Changed, error)
	Holders(context.Context) ([]enroll.Holder, error)
}

// open gives the registrar; at is the address that tokens carry.
func (d *caDesk) open(cmd *cobra.Command, at string) (r registrar, close func() error, err error) {
	if d.service != "" {
		return d.far()
	}
	if at == "" {
		at, _ = d.url() // who needs it asks again
	}
	o, close, err := d.office(cmd)
	return &localDesk{o, at, enroll.Caller{Who: "who has the folder " + d.dir}}, close, err
}

// far is a registrar over the network.
func (d *caDesk) far() (registrar, func() error, error) {
	if d.to.Node == "" {
		d.to.Node = "https://unused" // complete wants all three
		defer func() { d.to.Node = "" }()
	}
	at, err := d.to.complete()
	if err != nil {
		return nil, nil, err
	}
	trust, err := pki.LoadTrust(at.Trust)
	if err != nil {
		return nil, nil, err
	}
	own, err := pki.LoadSigner(at.Cert)
	if err != nil {
		return nil, nil, err
	}
	c, err := enroll.NewClient(d.service, func() flow.Signer { return own }, pki.NewVerifier(trust))
	if err != nil {
		return nil, nil, usageError{err}
	}
	return c, func() error { c.Close(); return nil }, nil
}

// A localDesk works in the authorities' folder.
type localDesk struct {
	office *enroll.Office
	url    string
	by     enroll.Caller
}

func (l *localDesk) Invite(_ context.Context, inv enroll.Invitation) (enroll.Token, error) {
	if u, err := url.Parse(l.url); err != nil || u.Host == "" {
		return enroll.Token{}, usageError{errors.New("where is the CA service? give --url https://HOST:PORT, or start it first: wardflow ca serve")}
	}
	return l.office.Invite(inv, l.url, l.by, time.Now())
}

func (l *localDesk) Revoke(ctx context.Context, c enroll.Change) (enroll.Changed, error) {
	why := pki.Unspecified
	if c.Reason != "" {
		var err error
		if why, err = pki.ParseReason(c.Reason); err != nil {
			return enroll.Changed{}, usageError{err}
		}
	}
	before := newest(l.office)
	if c.Serial != "" {
		lists, err := l.office.RevokeSerial(c.Serial, why, l.by, time.Now())
		lists, err = l.signed(ctx, before, lists, err)
		return enroll.Changed{Lists: lists}, err
	}
	e, lists, err := l.office.Revoke(c.Who, why, l.by, time.Now())
	lists, err = l.signed(ctx, before, lists, err)
	return enroll.Changed{Holder: &e, Lists: lists}, err
}

func (l *localDesk) Reinstate(ctx context.Context, who string) (enroll.Changed, error) {
	before := newest(l.office)
	e, lists, err := l.office.Reinstate(who, l.by, time.Now())
	lists, err = l.signed(ctx, before, lists, err)
	return enroll.Changed{Holder: &e, Lists: lists}, err
}

// signed waits, where the keys are sealed here, for the service that runs with
// the folder to sign the lists.
func (l *localDesk) signed(ctx context.Context, before uint64, lists [][]byte, err error) ([][]byte, error) {
	if !errors.Is(err, pki.ErrSealed) {
		return lists, err
	}
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) && ctx.Err() == nil {
		if newest(l.office) > before {
			return l.office.Lists()
		}
		time.Sleep(50 * time.Millisecond)
	}
	why := "no CA service runs with this folder that signs one"
	if l.url != "" {
		why = "the CA service at " + l.url + " has not signed one: see what it says"
	}
	return nil, fmt.Errorf("it is on record, but no revocation list says so yet: %s: %w", why, err)
}

// newest is the highest number of the revocation lists.
func newest(o *enroll.Office) (n uint64) {
	lists, err := o.Lists()
	if err != nil {
		return 0
	}
	for _, der := range lists {
		if l, err := pki.ReadList(der); err == nil {
			n = max(n, l.Number)
		}
	}
	return n
}

func (l *localDesk) Holders(context.Context) ([]enroll.Holder, error) {
	return l.office.Holders(time.Now())
}
