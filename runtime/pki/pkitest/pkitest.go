// Package pkitest makes a whole hospital in memory, for tests: its authorities,
// certificates for everybody in it, and two enemies.
//
//	h := pkitest.New(t)
//	bedside := h.Node("bedside")
//	monitor := h.Device("urn:epc:id:giai:0614141.5678", "h1/3/icu-3/ecg")
//	id, err := h.Verifier().Identify(monitor.Chain, time.Now())
package pkitest

import (
	"crypto"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// Name is the trust domain of the hospital that [New] makes.
const Name = "h1.health.example"

// A Hospital makes signers that its [Hospital.Verifier] believes. Certificates
// are made at time.Now, which inside a synctest bubble is the bubble's.
type Hospital struct {
	Authority *pki.Authority

	tb       testing.TB
	keys     pki.Keys
	verifier *pki.Verifier
}

// New makes the hospital h1.health.example below a ministry of its own.
func New(tb testing.TB) *Hospital {
	tb.Helper()
	return Since(tb, time.Now())
}

// Since is [New] with authorities that were made then, for tests with certificates
// that have ended: see [Hospital.IssueAt].
func Since(tb testing.TB, then time.Time) *Hospital {
	tb.Helper()
	keys := newKeys(tb)
	a, err := pki.NewAuthorityWith(Name, keys, then)
	return of(tb, a, keys, err)
}

func newKeys(tb testing.TB) pki.Keys {
	tb.Helper()
	var keys pki.Keys
	for _, k := range []*crypto.Signer{&keys.Root, &keys.Issuing, &keys.People} {
		var err error
		if *k, err = pki.NewKey(); err != nil {
			tb.Fatal(err)
		}
	}
	return keys
}

// Rogue makes an enemy who gives everything the same names, below a root of his
// own.
func (h *Hospital) Rogue() *Hospital {
	h.tb.Helper()
	return New(h.tb)
}

// Neighbour makes the hospital h2.health.example below the same ministry, whom
// this hospital does not trust.
func (h *Hospital) Neighbour() *Hospital {
	h.tb.Helper()
	keys := newKeys(h.tb)
	keys.Root = h.keys.Root
	a, err := h.Authority.Root.HospitalWith("h2.health.example", keys, time.Now())
	return of(h.tb, a, keys, err)
}

func of(tb testing.TB, a *pki.Authority, keys pki.Keys, err error) *Hospital {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
	return &Hospital{Authority: a, tb: tb, keys: keys, verifier: pki.NewVerifier(a.Trust())}
}

// Verifier believes this hospital's authorities. It is the same one each time,
// so what is revoked in it stays so.
func (h *Hospital) Verifier() *pki.Verifier { return h.verifier }

// Node makes the signer of a node.
func (h *Hospital) Node(name string) flow.Signer {
	h.tb.Helper()
	return h.Issue(pki.Request{Role: flow.RoleNode, Name: name})
}

// Device makes the signer of a device: an EPC such as
// urn:epc:id:giai:0614141.5678 and a group such as h1/3/icu-3/ecg.
func (h *Hospital) Device(epc, group string) flow.Signer {
	h.tb.Helper()
	e, err := pki.ParseEPC(epc)
	if err != nil {
		h.tb.Fatal(err)
	}
	return h.Issue(pki.Request{Role: flow.RoleDevice, EPC: e, Group: group})
}

// Collector makes the signer of a collector.
func (h *Hospital) Collector(name, group string) flow.Signer {
	h.tb.Helper()
	return h.Issue(pki.Request{Role: flow.RoleCollector, Name: name, Group: group})
}

// Storage makes the signer of a storage actor.
func (h *Hospital) Storage(name string) flow.Signer {
	h.tb.Helper()
	return h.Issue(pki.Request{Role: flow.RoleStorage, Name: name})
}

// Staff makes the card of a member of staff.
func (h *Hospital) Staff(name string) flow.Signer {
	h.tb.Helper()
	return h.Issue(pki.Request{Role: flow.RoleStaff, Name: name})
}

// Patient makes the card of a patient.
func (h *Hospital) Patient(pseudonym string) flow.Signer {
	h.tb.Helper()
	return h.Issue(pki.Request{Role: flow.RolePatient, Name: pseudonym})
}

// Issue makes a signer from any request, such as one with a short life.
func (h *Hospital) Issue(req pki.Request) flow.Signer {
	h.tb.Helper()
	return h.IssueAt(req, time.Now())
}

// IssueAt is Issue at a time, which may have gone by.
func (h *Hospital) IssueAt(req pki.Request, then time.Time) flow.Signer {
	h.tb.Helper()
	s, err := h.Authority.Enroll(req, then)
	if err != nil {
		h.tb.Fatal(err)
	}
	return s
}

// Revoke takes a signer's certificate back for a compromised key. The list in
// DER that says so is in force in the hospital's verifier, and returned for
// others.
func (h *Hospital) Revoke(s flow.Signer) []byte {
	h.tb.Helper()
	now := time.Now()
	ca := h.Authority.For(s.ID.Role)
	err := ca.Revoke(s.ID.Serial, pki.KeyCompromise, now)
	var list []byte
	if err == nil {
		list, err = ca.Publish(now)
	}
	if err == nil {
		_, err = h.verifier.Revoke(list)
	}
	if err != nil {
		h.tb.Fatal(err)
	}
	return list
}
