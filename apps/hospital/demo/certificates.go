package demo

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/wardflow/wardflow/apps/hospital"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/rule"
)

// A machine is what enrols with a token, as on a real host: the folder that its
// certificate lies in, and the file with whom it believes.
type machine struct {
	dir, trust string
	inv        enroll.Invitation
}

// machines are all of the demo.
func machines(l layout, w *hospital.Ward) []machine {
	var ms []machine
	on := func(n flow.NodeID, dir string, inv enroll.Invitation) {
		ms = append(ms, machine{dir, l.believed(n), inv})
	}
	for _, n := range nodeNames {
		on(n, l.cert(n), enroll.Invitation{Role: flow.RoleNode, Name: string(n), Hosts: []string{"127.0.0.1", "localhost." + hospitalName}})
	}
	on("records", l.identity("records", "records"), enroll.Invitation{Role: flow.RoleStorage, Name: "records"})
	for _, bed := range w.Beds {
		on("ward", l.identity("ward", bed.Name), enroll.Invitation{Role: flow.RoleCollector, Name: bed.Name, Group: bed.Room + "/collector"})
		for _, d := range bed.Devices {
			inv := enroll.Invitation{Role: flow.RoleDevice, EPC: d.EPC, Group: d.Group}
			if d.Outside {
				ms = append(ms, machine{l.outside(d.Name), l.outsideTrust(), inv})
			} else {
				on("bedside", l.identity("bedside", d.Name), inv)
			}
		}
	}
	return ms
}

// authority is the demo's, made at the first start.
func authority(l layout, now time.Time) (*pki.Authority, error) {
	ca, err := pki.LoadAuthority(l.ca())
	if errors.Is(err, fs.ErrNotExist) {
		if ca, err = pki.NewAuthority(hospitalName, now); err == nil {
			err = ca.Save(l.ca(), pki.Unsealed())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the demo's certificate authority: %w", err)
	}
	return ca, nil
}

// people gives staff and patients their cards, which are made at the authority
// and handed over.
func people(l layout, ca *pki.Authority, w *hospital.Ward, now time.Time) error {
	cards := map[string]pki.Request{l.staff(): {Role: flow.RoleStaff, Name: staffName}}
	for _, name := range adminNames {
		cards[l.admin(name)] = pki.Request{Role: flow.RoleStaff, Name: name}
	}
	for _, bed := range w.Beds {
		cards[l.card(bed.Patient)] = pki.Request{Role: flow.RolePatient, Name: bed.Patient}
	}
	for dir, req := range cards {
		if err := handOver(dir, ca, req, now); err != nil {
			return fmt.Errorf("a card for %s: %w", dir, err)
		}
	}
	return nil
}

// handOver makes a card. One that has expired is certified again with its key:
// the contracts know rule admins by their keys.
func handOver(dir string, ca *pki.Authority, req pki.Request, now time.Time) error {
	had, err := pki.LoadSigner(dir)
	switch {
	case err == nil && now.Before(had.ID.NotAfter):
		return nil
	case err == nil:
		csr, err := pki.NewCSR(had.Key)
		if err != nil {
			return err
		}
		chain, err := ca.IssueCSR(csr, req, now)
		if err != nil {
			return err
		}
		had.Chain = chain
		return pki.SaveSigner(dir, had)
	}
	s, err := ca.Enroll(req, now)
	if err != nil {
		return err
	}
	return pki.SaveSigner(dir, s)
}

// found makes the chain with the rules of the ward. Whoever has a card of a rule
// admin may change them, two together; the authority that certifies devices may
// write which they are.
func found(ctx context.Context, l layout, ca *pki.Authority) (chain.Info, error) {
	f := rule.Founding{Rules: rule.Default(), Registrars: []crypto.PublicKey{ca.For(flow.RoleDevice).Chain()[0].PublicKey}}
	for _, name := range adminNames {
		admin, err := pki.LoadChain(filepath.Join(l.admin(name), "cert.pem"))
		if err != nil {
			return chain.Info{}, err
		}
		f.Admins = append(f.Admins, admin[0].PublicKey)
	}
	return rule.Init(ctx, l.chain(), f)
}

// enrol has every machine without a good certificate fetch one at the CA
// service, which is running. From then on its node renews it.
func enrol(ctx context.Context, l layout, at string, w *hospital.Ward) error {
	office, err := enroll.OpenOffice(l.ca(), func() (*pki.Authority, error) { return pki.LoadAuthority(l.ca()) }, nil)
	if err != nil {
		return fmt.Errorf("the demo's registry: %w", err)
	}
	for _, m := range machines(l, w) {
		if s, err := pki.LoadSigner(m.dir); err == nil && time.Now().Before(s.ID.NotAfter) {
			if _, err := os.Stat(m.trust); err == nil {
				continue
			}
		}
		if err := m.enrol(ctx, office, at); err != nil {
			return fmt.Errorf("enrol %s: %w", filepath.Base(m.dir), err)
		}
	}
	return nil
}

func (m machine) enrol(ctx context.Context, office *enroll.Office, at string) error {
	_, err := os.Stat(filepath.Join(m.dir, "cert.pem"))
	m.inv.Again = err == nil // what is there is of no use any more
	token, err := office.Invite(m.inv, "https://"+at, enroll.Caller{Who: "the demo"}, time.Now())
	if err != nil {
		return err
	}
	got, err := enroll.Enroll(ctx, token)
	if err != nil {
		return err
	}
	if err := pki.SaveSigner(m.dir, got.Signer); err != nil {
		return err
	}
	return pki.SaveTrust(m.trust, got.Trust)
}

// listens waits until somebody listens at an address.
func listens(ctx context.Context, addr string) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err == nil {
			return c.Close()
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("nobody listens at %s: %w", addr, ctx.Err())
		case <-tick.C:
		}
	}
}
