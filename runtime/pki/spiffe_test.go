package pki_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spiffe/go-spiffe/v2/bundle/x509bundle"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

// The SPIFFE project's own library reads the directories we write, and comes to
// the same name; of the enemy's certificates and those for the web it wants
// nothing.
func TestSPIFFEReadsOurs(t *testing.T) {
	h := pkitest.New(t)
	dir := t.TempDir()
	trust := filepath.Join(dir, "trust.pem")
	if err := pki.SaveTrust(trust, h.Authority.Trust()); err != nil {
		t.Fatal(err)
	}
	for _, s := range []flow.Signer{
		h.Node("bedside"), h.Device(monitor, ecg), h.Collector("bed-1", ecg), h.Storage("records"), h.Staff("n-17"), h.Patient("p-7f3a"),
	} {
		svid := loadSVID(t, s)
		if svid.ID.String() != s.ID.URI {
			t.Errorf("go-spiffe reads %s, want %s", svid.ID, s.ID.URI)
		}
		bundle, err := x509bundle.Load(svid.ID.TrustDomain(), trust)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509bundle.FromX509Authorities(svid.ID.TrustDomain(), h.Authority.Trust().Roots)
		for _, b := range []*x509bundle.Bundle{bundle, roots} {
			id, _, err := x509svid.Verify(svid.Certificates, b)
			if err != nil || id.String() != s.ID.URI {
				t.Errorf("go-spiffe verifies %s: %v, %v", s.ID.URI, id, err)
			}
		}
	}
	bundle, err := x509bundle.Load(spiffeid.RequireTrustDomainFromString(pkitest.Name), trust)
	if err != nil {
		t.Fatal(err)
	}
	web, err := h.Authority.EnrollWeb(pki.WebRequest{DNS: []string{"bedside.h1.health.example"}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for what, chain := range map[string][]*x509.Certificate{"rogue": h.Rogue().Node("bedside").Chain, "web": web.Chain} {
		if id, _, err := x509svid.Verify(chain, bundle); err == nil {
			t.Errorf("%s: go-spiffe verifies %v", what, id)
		}
	}
}

// loadSVID writes a signer as we do and reads it as others do.
func loadSVID(t *testing.T, s flow.Signer) *x509svid.SVID {
	t.Helper()
	dir := t.TempDir()
	if err := pki.SaveSigner(dir, s); err != nil {
		t.Fatal(err)
	}
	var files [2][]byte
	for i, name := range []string{"cert.pem", "key.pem"} {
		var err error
		if files[i], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	svid, err := x509svid.Parse(files[0], files[1])
	if err != nil {
		t.Fatalf("go-spiffe can't read %s: %v", s.ID.URI, err)
	}
	return svid
}
