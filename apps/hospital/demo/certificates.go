package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/wardflow/wardflow/apps/hospital"
	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
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
	for _, bed := range w.Beds {
		cards[l.card(bed.Patient)] = pki.Request{Role: flow.RolePatient, Name: bed.Patient}
	}
	for dir, req := range cards {
		if s, err := pki.LoadSigner(dir); err == nil && now.Before(s.ID.NotAfter) {
			continue
		}
		s, err := ca.Enroll(req, now)
		if err != nil {
			return fmt.Errorf("a card for %s: %w", dir, err)
		}
		if err := pki.SaveSigner(dir, s); err != nil {
			return err
		}
	}
	return nil
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
