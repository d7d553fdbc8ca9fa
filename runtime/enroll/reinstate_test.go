package enroll_test

import (
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/enroll"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// roll rolls the root over and returns the SHA-256 of the old one; h.office is
// opened anew.
func (h *hall) roll() (old [32]byte) {
	h.t.Helper()
	a, err := pki.LoadAuthority(h.dir)
	if err != nil {
		h.t.Fatal(err)
	}
	next, err := a.Roll(time.Now())
	if err == nil {
		err = next.SaveBeside(h.dir, pki.Unsealed())
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.office = h.open()
	chain := a.Issuing.Chain()
	return sha(chain[len(chain)-1].Raw)
}

// Who was suspended with a certificate from before a roll-over is let in again,
// and a reinstatement that stopped halfway is finished by another.
func TestReinstateAfterRoll(t *testing.T) {
	h := newHall(t)
	ward, err := h.office.Authority().Enroll(pki.Request{Role: flow.RoleNode, Name: "ward"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	h.roll()
	v := pki.NewVerifier(h.office.Authority().Trust())
	now := time.Now()
	held := func(what string, lists [][]byte, err error, want bool) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, l := range lists {
			if _, err := v.Revoke(l); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		if _, is := v.Revoked(ward.ID); is != want {
			t.Errorf("%s: it is on the list: %v", what, is)
		}
	}
	_, lists, err := h.office.Revoke(ward.ID.URI, pki.CertificateHold, desk, now)
	held("suspended", lists, err, true)
	e, lists, err := h.office.Reinstate(ward.ID.URI, desk, now)
	held("reinstated", lists, err, false)
	if e.State != enroll.Active {
		t.Errorf("it is %s", e.State)
	}
	if _, _, err := h.office.Reinstate(ward.ID.URI, desk, now); err == nil {
		t.Error("who is active was reinstated")
	}
	lists, err = h.office.RevokeSerial(ward.ID.Serial, pki.CertificateHold, desk, now)
	held("an active holder's certificate on hold", lists, err, true)
	_, lists, err = h.office.Reinstate(ward.ID.URI, desk, now)
	held("repaired", lists, err, false)
}
