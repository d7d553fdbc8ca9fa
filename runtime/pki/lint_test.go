package pki_test

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"net"
	"testing"
	"time"

	zx509 "github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"

	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// lints are the checks of zlint that are about the formats: those of browser
// vendors and of the CA/Browser Forum are for certificates of the public web.
func lints(t *testing.T) lint.Registry {
	t.Helper()
	r, err := lint.GlobalRegistry().Filter(lint.FilterOptions{
		IncludeSources: lint.SourceList{lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC6960, lint.RFC6962, lint.RFC8813, lint.Community},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// complaints are what a result finds, from notices up. At least passed checks
// must have been about this thing and found nothing.
func complaints(t *testing.T, what string, r *zlint.ResultSet, passed int) []string {
	t.Helper()
	var all []string
	n := 0
	for name, one := range r.Results {
		if one.Status == lint.Pass {
			n++
		}
		if one.Status > lint.Pass {
			all = append(all, fmt.Sprintf("%s: %s: %v: %s", what, name, one.Status, one.Details))
		}
	}
	if n < passed {
		t.Errorf("%s: %d checks passed, want at least %d", what, n, passed)
	}
	return all
}

// zlint has nothing to say against any kind of certificate that we make.
func TestLint(t *testing.T) {
	h := pkitest.New(t)
	if err := h.Authority.SetPublic("http://ca.h1.health.example:8480"); err != nil {
		t.Fatal(err)
	}
	web, err := h.Authority.EnrollWeb(pki.WebRequest{DNS: []string{"bedside.h1.health.example"}, IPs: []net.IP{net.IPv4(10, 0, 0, 1).To4(), net.IPv6loopback}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	next, err := h.Authority.Roll(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	certs := map[string]*x509.Certificate{
		"root": h.Authority.Root.Cert, "issuing": h.Authority.Issuing.Cert, "people": h.Authority.People.Cert, "web": web.Chain[0],
		"node": h.Node("bedside").Chain[0], "device": h.Device(monitor, ecg).Chain[0],
		"collector": h.Collector("bed-1", ecg).Chain[0], "storage": h.Storage("records").Chain[0],
		"staff": h.Staff("n-17").Chain[0], "patient": h.Patient("p-7f3a").Chain[0],
		"new with old": next.Trust().Cross[0],
	}
	for what, c := range certs {
		parsed, err := zx509.ParseCertificate(c.Raw)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, c := range complaints(t, what, zlint.LintCertificateEx(parsed, lints(t)), 40) {
			t.Error(c)
		}
	}
}

// It would have: this one ends before it begins.
func TestLintFinds(t *testing.T) {
	h := pkitest.New(t)
	bad := spoilt(t, h.Authority.Issuing, device(t), time.Now(), func(c *x509.Certificate) {
		c.NotAfter = c.NotBefore.Add(-time.Hour)
	})
	parsed, err := zx509.ParseCertificate(bad[0].Raw)
	if err != nil {
		t.Fatal(err)
	}
	if c := complaints(t, "bad", zlint.LintCertificateEx(parsed, lints(t)), 40); len(c) == 0 {
		t.Error("zlint finds nothing in a certificate that ends before it begins")
	}
}

// Nor against our revocation lists.
func TestLintList(t *testing.T) {
	h := pkitest.New(t)
	now := time.Now()
	for _, why := range []pki.Reason{pki.Unspecified, pki.KeyCompromise, pki.CertificateHold} {
		if err := h.Authority.Issuing.Revoke(h.Node("bedside").ID.Serial, why, now); err != nil {
			t.Fatal(err)
		}
	}
	for _, ca := range h.Authority.All() {
		der, err := ca.Publish(now)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := zx509.ParseRevocationList(der)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range complaints(t, "list of "+ca.Name(), zlint.LintRevocationListEx(parsed, lints(t)), 4) {
			t.Error(c)
		}
	}
}

// Nor against our OCSP answers.
func TestLintOCSP(t *testing.T) {
	h := pkitest.New(t)
	node := h.Node("bedside")
	for _, revoked := range []bool{false, true} {
		if revoked {
			h.Revoke(node)
		}
		r := ask(t, h.Authority, node.Chain[0], h.Authority.Issuing.Cert, crypto.SHA256, time.Now())
		for _, c := range complaints(t, "answer", zlint.LintOcspResponseEx(r, lints(t)), 0) {
			t.Error(c)
		}
	}
}
