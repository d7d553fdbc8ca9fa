package pki_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// What a stranger sends is read without a panic, and believed by nobody.

// A certificate of any bytes is no identity unless we issued it, and what it
// says about itself is in order.
func FuzzCertificate(f *testing.F) {
	h := pkitest.New(f)
	made := []flow.Signer{h.Node("bedside"), h.Device(monitor, ecg), h.Collector("bed-1", ecg), h.Storage("records"), h.Staff("n-17"), h.Patient("p-7f3a")}
	for _, s := range made {
		f.Add(s.Chain[0].Raw)
	}
	f.Add(h.Authority.Issuing.Cert.Raw)
	now := time.Now()
	f.Fuzz(func(t *testing.T, der []byte) {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return
		}
		said, err := pki.Read(cert)
		if err == nil && (!strings.HasPrefix(said.URI, "spiffe://"+said.Domain+"/"+string(said.Role)+"/") || said.Name == "" || said.Group != "" && pki.CheckGroup(said.Group) != nil) {
			t.Errorf("Read = %+v", said)
		}
		id, err := pki.NewVerifier(h.Authority.Trust()).Identify([]*x509.Certificate{cert, h.Authority.Issuing.Cert, h.Authority.People.Cert}, now)
		var r *pki.Refusal
		switch {
		case err != nil && (!errors.As(err, &r) || id.Known()):
			t.Errorf("Identify = %+v, %v, want a Refusal and nobody", id, err)
		case err == nil && !slices.ContainsFunc(made, func(s flow.Signer) bool { return s.ID.Serial == id.Serial && s.ID.URI == id.URI }):
			t.Errorf("Identify = %+v of a certificate we did not issue", id)
		}
	})
}

// A revocation list of any bytes changes nothing unless our authority signed it.
func FuzzRevocationList(f *testing.F) {
	h := pkitest.New(f)
	now := time.Now()
	node := h.Node("bedside")
	entries := []pki.Revocation{{Serial: node.ID.Serial, At: now, Reason: pki.KeyCompromise}}
	ours, err := h.Authority.Issuing.RevocationList(entries, 7, now)
	if err != nil {
		f.Fatal(err)
	}
	theirs, err := h.Rogue().Authority.Issuing.RevocationList(entries, 8, now)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ours)
	f.Add(theirs)
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: ours}))
	f.Fuzz(func(t *testing.T, b []byte) {
		v := pki.NewVerifier(h.Authority.Trust())
		l, err := pki.ReadList(b)
		if err == nil && (l.NextUpdate.IsZero() || len(l.Entries) > len(b)) {
			t.Errorf("ReadList = %+v", l)
		}
		if changed, err := v.Revoke(b); changed && (err != nil || l.Number != 7) {
			t.Errorf("Revoke = %v, %v of list %d, which we did not sign", changed, err, l.Number)
		}
	})
}

// A signing request of any bytes is either refused or for the invited device's
// names and a key of its own.
func FuzzSigningRequest(f *testing.F) {
	h := pkitest.New(f)
	key, err := pki.NewKey()
	if err != nil {
		f.Fatal(err)
	}
	good, err := pki.NewCSR(key)
	if err != nil {
		f.Fatal(err)
	}
	epc, err := pki.ParseEPC(monitor)
	if err != nil {
		f.Fatal(err)
	}
	req := pki.Request{Role: flow.RoleDevice, EPC: epc, Group: ecg}
	f.Add(good)
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: good}))
	now := time.Now()
	f.Fuzz(func(t *testing.T, b []byte) {
		chain, err := h.Authority.IssueCSR(b, req, now)
		if err != nil {
			if len(chain) > 0 {
				t.Errorf("issued with %v", err)
			}
			return
		}
		if id, err := h.Verifier().Identify(chain, now); err != nil || id.URI != pkitest.MadeURI || id.Group != ecg {
			t.Errorf("issued to %+v, %v", id, err)
		}
	})
}

// An OCSP request of any bytes gets a response that can be read.
func FuzzOCSPRequest(f *testing.F) {
	h := pkitest.New(f)
	for _, ca := range []*pki.CA{h.Authority.Issuing, h.Authority.Root} {
		req, err := ocsp.CreateRequest(h.Node("bedside").Chain[0], ca.Cert, nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(req)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		der, _ := h.Authority.OCSP(b, time.Now())
		var r ocsp.ResponseError
		if _, err := ocsp.ParseResponse(der, nil); err != nil && !errors.As(err, &r) {
			t.Errorf("the response can't be read: %v", err)
		}
	})
}

// A trust of any certificates brings in no root that ours has not signed for.
func FuzzAdopt(f *testing.F) {
	h := pkitest.New(f)
	next, err := h.Authority.Roll(time.Now())
	if err != nil {
		f.Fatal(err)
	}
	bundle := func(ts ...pki.Trust) []byte {
		var b []byte
		for _, t := range ts {
			for _, c := range t.Certificates() {
				b = append(b, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
			}
		}
		return b
	}
	rogue := h.Rogue().Authority.Trust()
	f.Add(bundle(h.Authority.Trust()))
	f.Add(bundle(next.Trust()))
	f.Add(bundle(next.Trust(), rogue))
	f.Add(bundle(rogue))
	ours := []*x509.Certificate{h.Authority.Root.Cert, next.Root.Cert}
	f.Fuzz(func(t *testing.T, b []byte) {
		certs, err := pki.ParseChain(b)
		if err != nil {
			return
		}
		got, err := pki.Adopt(h.Authority.Trust(), certs, time.Now())
		if err != nil {
			return
		}
		for _, r := range got.Roots {
			if !slices.ContainsFunc(ours, r.Equal) {
				t.Errorf("believes in the root %s", r.Subject)
			}
		}
	})
}
