package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/wardflow/wardflow/apps/hospital"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A holder is somebody who needs a certificate, and the folder it lies in.
type holder struct {
	dir string
	req pki.Request
}

// holders are everybody in the demo.
func holders(l layout, w *hospital.Ward) ([]holder, error) {
	hs := []holder{{l.staff(), pki.Request{Role: flow.RoleStaff, Name: staffName}}}
	for _, n := range nodeNames {
		hs = append(hs, holder{l.cert(n), pki.Request{Role: flow.RoleNode, Name: string(n)}})
	}
	hs = append(hs, holder{l.identity("records", "records"), pki.Request{Role: flow.RoleStorage, Name: "records"}})
	for _, bed := range w.Beds {
		hs = append(hs,
			holder{l.identity("ward", bed.Name), pki.Request{Role: flow.RoleCollector, Name: bed.Name, Group: bed.Room + "/collector"}},
			holder{l.card(bed.Patient), pki.Request{Role: flow.RolePatient, Name: bed.Patient}})
		for _, d := range bed.Devices {
			epc, err := pki.ParseEPC(d.EPC)
			if err != nil {
				return nil, fmt.Errorf("device %s: %w", d.Name, err)
			}
			hs = append(hs, holder{l.identity("bedside", d.Name), pki.Request{Role: flow.RoleDevice, EPC: epc, Group: d.Group}})
		}
	}
	return hs, nil
}

// certify gives everybody a certificate that is good for at least half its
// life: those that are keep theirs.
func certify(l layout, w *hospital.Ward, now time.Time) error {
	ca, err := pki.LoadAuthority(l.ca())
	if errors.Is(err, fs.ErrNotExist) {
		if ca, err = pki.NewAuthority(hospitalName, now); err == nil {
			err = ca.Save(l.ca(), pki.Unsealed())
		}
	}
	if err != nil {
		return fmt.Errorf("the demo's certificate authority: %w", err)
	}
	hs, err := holders(l, w)
	if err != nil {
		return err
	}
	for _, h := range hs {
		if s, err := pki.LoadSigner(h.dir); err == nil && young(s, now) {
			continue
		}
		s, err := ca.Enroll(h.req, now)
		if err != nil {
			return fmt.Errorf("a certificate for %s: %w", h.dir, err)
		}
		if err := pki.SaveSigner(h.dir, s); err != nil {
			return err
		}
	}
	return nil
}

// young reports whether less than half of a certificate's life is over.
func young(s flow.Signer, now time.Time) bool {
	leaf := s.Chain[0]
	half := leaf.NotBefore.Add(leaf.NotAfter.Sub(leaf.NotBefore) / 2)
	return now.Before(half)
}
