package pki_test

import (
	"crypto"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// ask puts a question about a certificate and reads the answer as a client does.
func ask(t *testing.T, a *pki.Authority, cert, issuer *x509.Certificate, hash crypto.Hash, now time.Time) *ocsp.Response {
	t.Helper()
	req, err := ocsp.CreateRequest(cert, issuer, &ocsp.RequestOptions{Hash: hash})
	if err != nil {
		t.Fatal(err)
	}
	der, err := a.OCSP(req, now)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := ocsp.ParseResponseForCert(der, cert, issuer)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// Good, revoked, on hold, reinstated, never issued: each as the records have it.
func TestOCSP(t *testing.T) {
	h := pkitest.New(t)
	a, now := h.Authority, time.Now()
	node, card := h.Node("bedside"), h.Patient("p-7f3a")
	for _, hash := range []crypto.Hash{crypto.SHA1, crypto.SHA256} {
		if r := ask(t, a, node.Chain[0], a.Issuing.Cert, hash, now); r.Status != ocsp.Good || !r.NextUpdate.After(now) {
			t.Errorf("good: %+v", r)
		}
	}
	if err := a.People.Revoke(card.ID.Serial, pki.CertificateHold, now); err != nil {
		t.Fatal(err)
	}
	if r := ask(t, a, card.Chain[0], a.People.Cert, crypto.SHA256, now); r.Status != ocsp.Revoked || r.RevocationReason != ocsp.CertificateHold || r.RevokedAt.After(now) {
		t.Errorf("on hold: %+v", r)
	}
	if err := a.People.Reinstate(card.ID.Serial, now); err != nil {
		t.Fatal(err)
	}
	if r := ask(t, a, card.Chain[0], a.People.Cert, crypto.SHA256, now); r.Status != ocsp.Good {
		t.Errorf("reinstated: %+v", r)
	}
	never := spoilt(t, a.Issuing, device(t), now, func(*x509.Certificate) {}) // signed, but in no record
	if r := ask(t, a, never[0], a.Issuing.Cert, crypto.SHA256, now); r.Status != ocsp.Unknown {
		t.Errorf("in no record: %+v", r)
	}
	if r := ask(t, a, a.Issuing.Cert, a.Root.Cert, crypto.SHA256, now); r.Status != ocsp.Good {
		t.Errorf("the authority itself: %+v", r)
	}
}

// What is no question of ours gets an error of RFC 6960, not silence.
func TestOCSPRefuses(t *testing.T) {
	h := pkitest.New(t)
	rogue := h.Rogue()
	other, err := ocsp.CreateRequest(rogue.Node("bedside").Chain[0], rogue.Authority.Issuing.Cert, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		req  []byte
		want ocsp.ResponseStatus
	}{
		{"another authority", other, ocsp.Unauthorized},
		{"no request", []byte("hello"), ocsp.Malformed},
		{"nothing", nil, ocsp.Malformed},
		{"too large", make([]byte, pki.MaxOCSP+1), ocsp.Malformed},
	} {
		der, err := h.Authority.OCSP(tt.req, time.Now())
		if err == nil {
			t.Errorf("%s: no error for the log", tt.name)
		}
		var r ocsp.ResponseError
		if _, err := ocsp.ParseResponse(der, nil); !errors.As(err, &r) || r.Status != tt.want {
			t.Errorf("%s: answer %v, want %v", tt.name, err, tt.want)
		}
	}
}

// openssl reads our list and our OCSP answers, verifies them, and agrees about
// everybody.
func TestOpenSSLAgreesOnRevocation(t *testing.T) {
	s := pkitest.OpenShop(t)
	h := pkitest.New(t)
	a, now := h.Authority, time.Now()
	lost, good := h.Node("lost"), h.Node("good")
	list := revoke(t, a.Issuing, lost, pki.KeyCompromise, now)
	publish(t, a.Root, now)
	s.Write("list.der", list)
	must(t, pki.SaveTrust(s.Dir+"/issuing.pem", pki.Trust{Roots: []*x509.Certificate{a.Issuing.Cert}}))
	must(t, pki.SaveTrust(s.Dir+"/trust.pem", a.Trust()))
	out := s.Run("crl -inform DER -in list.der -noout -text -CAfile issuing.pem -verify")
	for _, want := range []string{"verify OK", "Key Compromise", strings.ToUpper(lost.ID.Serial), "X509v3 CRL Number", "X509v3 Authority Key Identifier"} {
		if !strings.Contains(out, want) {
			t.Errorf("openssl crl does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, strings.ToUpper(good.ID.Serial)) {
		t.Error("the good one is on the list")
	}
	s.Run("crl -inform DER -in list.der -out list.pem")
	for _, tt := range []struct {
		s    flow.Signer
		good bool
	}{{good, true}, {lost, false}} {
		must(t, pki.SaveSigner(s.Dir, tt.s))
		out, err := s.Try("verify -crl_check -CRLfile list.pem -CAfile trust.pem cert.pem")
		if (err == nil) != tt.good || !tt.good && !strings.Contains(out, "certificate revoked") {
			t.Errorf("%s: openssl verify: %v, %s", tt.s.ID.URI, err, out)
		}
		s.Run("ocsp -issuer issuing.pem -cert cert.pem -no_nonce -reqout req.der")
		resp, err := a.OCSP(s.Read("req.der"), now)
		must(t, err)
		s.Write("resp.der", resp)
		out = s.Run("ocsp -issuer issuing.pem -cert cert.pem -no_nonce -respin resp.der -CAfile trust.pem")
		want := map[bool]string{true: "cert.pem: good", false: "cert.pem: revoked"}[tt.good]
		if !strings.Contains(out, "Response verify OK") || !strings.Contains(out, want) {
			t.Errorf("%s: openssl ocsp says %s, want %q", tt.s.ID.URI, out, want)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A staple is an answer about the certificate that goes with it.
func TestStaple(t *testing.T) {
	h := pkitest.New(t)
	web, err := h.Authority.EnrollWeb(pki.WebRequest{DNS: []string{"bedside.h1.health.example"}}, time.Now())
	must(t, err)
	der, err := h.Authority.Staple(web.Chain[0], time.Now())
	must(t, err)
	if r, err := ocsp.ParseResponseForCert(der, web.Chain[0], h.Authority.Issuing.Cert); err != nil || r.Status != ocsp.Good {
		t.Errorf("staple = %+v, %v", r, err)
	}
	if _, err := h.Authority.Staple(h.Rogue().Node("x").Chain[0], time.Now()); !errors.Is(err, pki.ErrNotIssued) {
		t.Errorf("for a rogue's: %v, want %v", err, pki.ErrNotIssued)
	}
}

func BenchmarkOCSP(b *testing.B) {
	h := pkitest.New(b)
	req, err := ocsp.CreateRequest(h.Node("bedside").Chain[0], h.Authority.Issuing.Cert, nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := h.Authority.OCSP(req, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}
