package pki_test

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// An outside tool is the judge of our certificates, and makes the bad ones that
// we must refuse.

// openssl accepts each of our certificates for what it is meant, and for
// nothing else.
func TestOpenSSLAcceptsOurs(t *testing.T) {
	s := pkitest.OpenShop(t)
	h := pkitest.New(t)
	if err := pki.SaveTrust(filepath.Join(s.Dir, "root.pem"), pki.Trust{Roots: h.Authority.Trust().Roots}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		s              flow.Signer
		client, server bool
	}{
		{h.Node("bedside"), true, true},
		{h.Device(monitor, ecg), true, false},
		{h.Device("urn:epc:id:sgln:061414112345..400", "Спб/3/реа-3/экг"), true, false},
		{h.Collector("bed-1.icu-3", ecg), true, true},
		{h.Storage("records"), true, true},
		{h.Staff("n-17"), true, false},
		{h.Patient("p-7f3a"), false, false},
	} {
		if err := pki.SaveSigner(s.Dir, tt.s); err != nil {
			t.Fatal(err)
		}
		s.Run("verify -x509_strict -CAfile root.pem -untrusted cert.pem cert.pem")
		for purpose, want := range map[string]bool{"sslclient": tt.client, "sslserver": tt.server} {
			out, err := s.Try("verify -x509_strict -CAfile root.pem -untrusted cert.pem -purpose %s cert.pem", purpose)
			if (err == nil) != want {
				t.Errorf("%s as %s: %v, %s", tt.s.ID.URI, purpose, err, out)
			}
		}
	}
}

// openssl, too, finds the group in its extension, and a name outside the
// constraint.
func TestOpenSSLReadsOurs(t *testing.T) {
	s := pkitest.OpenShop(t)
	h := pkitest.New(t)
	d := h.Device(monitor, ecg)
	for _, ext := range d.Chain[0].Extensions {
		if ext.Id.Equal(pki.OIDGroup) {
			s.Write("group.der", ext.Value)
		}
	}
	if out := s.Run("asn1parse -inform DER -in group.der"); !strings.Contains(out, "UTF8STRING        :"+ecg) {
		t.Errorf("asn1parse reads %q, want %q", out, ecg)
	}
	bad := spoilt(t, h.Authority.Issuing, device(t), time.Now(), func(c *x509.Certificate) {
		c.URIs[0].Host = "h2.health.example"
	})
	if err := pki.SaveTrust(filepath.Join(s.Dir, "all.pem"), h.Authority.Trust()); err != nil {
		t.Fatal(err)
	}
	if err := pki.SaveTrust(filepath.Join(s.Dir, "bad.pem"), pki.Trust{Roots: bad[:1]}); err != nil {
		t.Fatal(err)
	}
	if out, err := s.Try("verify -CAfile all.pem bad.pem"); err == nil || !strings.Contains(out, "permitted subtree violation") {
		t.Errorf("verify = %v, %s, want a permitted subtree violation", err, out)
	}
}

// The seed's test of secure communication, with certificates of openssl's
// making: the good one is somebody, and ten bad ones are refused for ten
// reasons, one of them openssl's revocation list.
func TestOpenSSLsBadCertificates(t *testing.T) {
	h := pkitest.New(t)
	m := h.OpenSSL()
	v := h.Verifier()
	id, err := v.Identify(m.Good.Chain, time.Now())
	if err != nil || id.EPC != "3474257BF40000000000162E" || id.Group != ecg {
		t.Fatalf("good: Identify = %+v, %v", id, err)
	}
	if changed, err := v.Revoke(m.List); !changed || err != nil {
		t.Fatalf("Revoke = %v, %v", changed, err)
	}
	if err := v.Holds(id, time.Now()); err != nil {
		t.Errorf("good: Holds = %v", err)
	}
	reasons := make(map[error]string)
	for _, c := range m.Bad {
		id, err := v.Identify(c.Chain, time.Now())
		var r *pki.Refusal
		if !errors.As(err, &r) || r.Reason != c.Why || id.Known() {
			t.Errorf("%s: Identify = %s, %v, want %q", c.Name, id.URI, err, c.Why)
			continue
		}
		if other, ok := reasons[r.Reason]; ok {
			t.Errorf("%s and %s are refused for one reason: %v", c.Name, other, err)
		}
		reasons[r.Reason] = c.Name
	}
	if len(reasons) != 10 {
		t.Errorf("%d reasons, want 10", len(reasons))
	}
}

// A whole hospital of openssl's making is as good as one of ours.
func TestOpenSSLsHospital(t *testing.T) {
	s := pkitest.OpenShop(t)
	now := time.Now()
	from, to := now.Add(-time.Hour), now.Add(24*time.Hour)
	const subject = "/O=h1.health.example/CN=device|0614141.5678/serialNumber=3474257BF40000000000162E"
	s.Sign("root", "root", "/CN=Ministry|of|Health|Root", "root", from, to)
	s.Sign("issuing", "issuing", "/O=h1.health.example/CN=Issuing|CA", "root", from, to)
	s.Sign("device", "good", subject, "issuing", from, to)
	trust, err := pki.NewTrust(s.Chain("root", "issuing"))
	if err != nil {
		t.Fatal(err)
	}
	v := pki.NewVerifier(trust)
	id, err := v.Identify(s.Chain("device", "issuing"), now)
	if err != nil || id.URI != pkitest.MadeURI || id.Group != ecg {
		t.Fatalf("Identify = %+v, %v", id, err)
	}
	if _, err := v.Revoke(s.Revoke("issuing", "device")); err != nil {
		t.Fatal(err)
	}
	if err := v.Holds(id, now); !errors.Is(err, pki.ErrRevoked) {
		t.Errorf("Holds = %v, want %v", err, pki.ErrRevoked)
	}
}

// Our reading-sign purpose is the one that the documents name.
func TestReadingSignOID(t *testing.T) {
	h := pkitest.New(t)
	want := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 2, 1}
	if got := h.Patient("p-7f3a").Chain[0].UnknownExtKeyUsage; len(got) != 1 || !got[0].Equal(want) {
		t.Errorf("key purposes %v, want %v", got, want)
	}
}
