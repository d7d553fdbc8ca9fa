package pki_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
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

// openssl's reader of DER and ours agree: about every group and EPC that we
// write, and about what is no DER at all.
func TestOpenSSLReadsOurs(t *testing.T) {
	s := pkitest.OpenShop(t)
	h := pkitest.New(t)
	for _, group := range []string{ecg, "h1/3/icu-3/infusion", "Спб/3/реа-3/экг", "h1/3/icu-3/" + strings.Repeat("a", 117)} {
		d := h.Device(monitor, group)
		s.Write("cert.der", d.Chain[0].Raw)
		text := s.Run("x509 -inform DER -in cert.der -noout -text -nameopt utf8")
		for oid, want := range map[string]string{pki.OIDGroup.String(): "UTF8STRING        :" + group, pki.OIDEPC.String(): "[HEX DUMP]:" + d.ID.EPC} {
			if !strings.Contains(text, oid) {
				t.Errorf("%s: openssl x509 sees no %s", group, oid)
			}
			for _, ext := range d.Chain[0].Extensions {
				if ext.Id.String() != oid {
					continue
				}
				s.Write("ext.der", ext.Value)
				if out := s.Run("asn1parse -inform DER -in ext.der"); !strings.Contains(out, want) {
					t.Errorf("asn1parse reads %q, want %q", out, want)
				}
			}
		}
	}
	for name, der := range map[string][]byte{
		"no length": {12}, "cut short": {12, 14, 'h', '1'}, "a length longer than all": {12, 0x84, 0xff, 0xff, 0xff, 0xff, 'h'}, "text": []byte("h1/3/icu-3/ecg"),
	} {
		s.Write("bad.der", der)
		if out, err := s.Try("asn1parse -inform DER -in bad.der"); err == nil {
			t.Errorf("%s: asn1parse reads %s", name, out)
		}
		if g, err := pki.DecodeGroup(der); err == nil {
			t.Errorf("%s: we read %q", name, g)
		}
	}
}

// It finds a name outside the constraint as well.
func TestOpenSSLSeesTheConstraint(t *testing.T) {
	s := pkitest.OpenShop(t)
	h := pkitest.New(t)
	bad := spoilt(t, h.Authority.Issuing, device(t), time.Now(), func(c *x509.Certificate) {
		c.URIs[0].Host = "h2.health.example"
	})
	must(t, pki.SaveTrust(filepath.Join(s.Dir, "all.pem"), h.Authority.Trust()))
	must(t, pki.SaveTrust(filepath.Join(s.Dir, "bad.pem"), pki.Trust{Roots: bad[:1]}))
	if out, err := s.Try("verify -CAfile all.pem bad.pem"); err == nil || !strings.Contains(out, "permitted subtree violation") {
		t.Errorf("verify = %v, %s, want a permitted subtree violation", err, out)
	}
}

// Outside parties find in a certificate where to ask about it, if the authority
// says where.
func TestPublicAddresses(t *testing.T) {
	s := pkitest.OpenShop(t)
	h := pkitest.New(t)
	for _, bad := range []string{"https://ca.h1.health.example", "ca.h1.health.example", "http://", "http://a@b", "http://a/?q"} {
		if err := h.Authority.SetPublic(bad); err == nil {
			t.Errorf("SetPublic(%s) = nil", bad)
		}
	}
	must(t, h.Authority.SetPublic("http://ca.h1.health.example:8480/"))
	for _, tt := range []struct {
		s    flow.Signer
		name string
	}{{h.Patient("p-7f3a"), "people"}, {h.Node("bedside"), "issuing"}} {
		must(t, pki.SaveSigner(s.Dir, tt.s))
		out := s.Run("x509 -in cert.pem -noout -ocsp_uri -ext authorityInfoAccess,crlDistributionPoints")
		for _, want := range []string{
			"http://ca.h1.health.example:8480/ocsp", "CA Issuers - URI:http://ca.h1.health.example:8480/ca/" + tt.name + ".cer",
			"URI:http://ca.h1.health.example:8480/crl/" + tt.name + ".crl",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: openssl does not find %s in\n%s", tt.name, want, out)
			}
		}
	}
	must(t, h.Authority.SetPublic(""))
	if c := h.Node("bedside").Chain[0]; len(c.OCSPServer) != 0 || len(c.CRLDistributionPoints) != 0 {
		t.Error("it still says where")
	}
}

// A ministry's root may have a P-384 key; other authorities and kinds may not.
func TestRootOfAnotherCurve(t *testing.T) {
	s := pkitest.OpenShop(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	must(t, err)
	a, err := pki.NewAuthorityWith(pkitest.Name, pki.Keys{Root: p384}, time.Now())
	must(t, err)
	node := enroll(t, a, "bedside")
	if _, err := pki.NewVerifier(a.Trust()).Identify(node.Chain, time.Now()); err != nil {
		t.Error(err)
	}
	must(t, pki.SaveSigner(s.Dir, node))
	must(t, pki.SaveTrust(filepath.Join(s.Dir, "root.pem"), pki.Trust{Roots: a.Trust().Roots}))
	s.Run("verify -x509_strict -CAfile root.pem -untrusted cert.pem cert.pem")
	if _, err := pki.NewAuthorityWith(pkitest.Name, pki.Keys{Issuing: p384}, time.Now()); err == nil {
		t.Error("an issuing CA has a P-384 key")
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
