package pki_test

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"os"
	"os/exec"
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

// A shop is a directory in which openssl works.
type shop struct {
	t   *testing.T
	dir string
}

func openShop(t *testing.T) shop {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed: an outside judge is missing")
	}
	s := shop{t, t.TempDir()}
	conf, err := os.ReadFile("testdata/openssl.cnf")
	if err != nil {
		t.Fatal(err)
	}
	s.write("openssl.cnf", conf)
	s.write("index.txt", nil)
	return s
}

func (s shop) write(file string, b []byte) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, file), b, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// try runs openssl with arguments given in one line; | stands for a space in
// one of them.
func (s shop) try(format string, args ...any) (string, error) {
	words := strings.Fields(fmt.Sprintf(format, args...))
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "|", " ")
	}
	cmd := exec.CommandContext(s.t.Context(), "openssl", words...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s shop) run(format string, args ...any) string {
	s.t.Helper()
	out, err := s.try(format, args...)
	if err != nil {
		s.t.Fatalf("openssl "+format+": %v\n%s", append(args, err, out)...)
	}
	return out
}

func (s shop) chain(files ...string) []*x509.Certificate {
	s.t.Helper()
	var chain []*x509.Certificate
	for _, f := range files {
		c, err := pki.LoadChain(filepath.Join(s.dir, f+".pem"))
		if err != nil {
			s.t.Fatal(err)
		}
		chain = append(chain, c...)
	}
	return chain
}

// sign makes a key and a certificate NAME.pem with the extensions of section,
// signed by the authority by, or by itself.
func (s shop) sign(name, section, subject, by string, from, to time.Time) {
	s.t.Helper()
	s.run("ecparam -name prime256v1 -genkey -noout -out %s.key", name)
	s.run("req -new -config openssl.cnf -key %s.key -subj %s -out %[1]s.csr", name, subject)
	signer := fmt.Sprintf("-cert %s.pem -keyfile %[1]s.key", by)
	if by == name {
		signer = fmt.Sprintf("-selfsign -keyfile %s.key", name)
	}
	const utc = "20060102150405Z"
	s.run("ca -config openssl.cnf -batch -notext -in %s.csr -out %[1]s.pem -extensions %s -startdate %s -enddate %s %s",
		name, section, from.UTC().Format(utc), to.UTC().Format(utc), signer)
}

// openssl accepts each of our certificates for what it is meant, and for
// nothing else.
func TestOpenSSLAcceptsOurs(t *testing.T) {
	s := openShop(t)
	h := pkitest.New(t)
	if err := pki.SaveTrust(filepath.Join(s.dir, "root.pem"), pki.Trust{Roots: h.Authority.Trust().Roots}); err != nil {
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
		if err := pki.SaveSigner(s.dir, tt.s); err != nil {
			t.Fatal(err)
		}
		s.run("verify -x509_strict -CAfile root.pem -untrusted cert.pem cert.pem")
		for purpose, want := range map[string]bool{"sslclient": tt.client, "sslserver": tt.server} {
			out, err := s.try("verify -x509_strict -CAfile root.pem -untrusted cert.pem -purpose %s cert.pem", purpose)
			if (err == nil) != want {
				t.Errorf("%s as %s: %v, %s", tt.s.ID.URI, purpose, err, out)
			}
		}
	}
}

// openssl, too, finds the group in its extension, and a name outside the
// constraint.
func TestOpenSSLReadsOurs(t *testing.T) {
	s := openShop(t)
	h := pkitest.New(t)
	d := h.Device(monitor, ecg)
	for _, ext := range d.Chain[0].Extensions {
		if ext.Id.Equal(pki.OIDGroup) {
			s.write("group.der", ext.Value)
		}
	}
	if out := s.run("asn1parse -inform DER -in group.der"); !strings.Contains(out, "UTF8STRING        :"+ecg) {
		t.Errorf("asn1parse reads %q, want %q", out, ecg)
	}
	bad := spoilt(t, h.Authority.Issuing, device(t), time.Now(), func(c *x509.Certificate) {
		c.URIs[0].Host = "h2.health.example"
	})
	if err := pki.SaveTrust(filepath.Join(s.dir, "all.pem"), h.Authority.Trust()); err != nil {
		t.Fatal(err)
	}
	if err := pki.SaveTrust(filepath.Join(s.dir, "bad.pem"), pki.Trust{Roots: bad[:1]}); err != nil {
		t.Fatal(err)
	}
	if out, err := s.try("verify -CAfile all.pem bad.pem"); err == nil || !strings.Contains(out, "permitted subtree violation") {
		t.Errorf("verify = %v, %s, want a permitted subtree violation", err, out)
	}
}

// The seed's test of secure communication, with certificates of openssl's
// making: the good one is somebody, and ten bad ones are refused for ten
// reasons.
func TestOpenSSLsBadCertificates(t *testing.T) {
	s := openShop(t)
	now := time.Now()
	from, to := now.Add(-time.Hour), now.Add(24*time.Hour)
	const subject = "/O=h1.health.example/CN=device|0614141.5678/serialNumber=3474257BF40000000000162E"
	s.sign("root", "root", "/CN=Ministry|of|Health|Root", "root", from, to)
	s.sign("issuing", "issuing", "/O=h1.health.example/CN=Issuing|CA", "root", from, to)
	s.sign("ward", "ward", "/O=h1.health.example/CN=Ward|CA", "issuing", from, to)
	s.sign("stranger", "root", "/CN=Ministry|of|Health|Root", "stranger", from, to)
	s.sign("impostor", "issuing", "/O=h1.health.example/CN=Issuing|CA", "stranger", from, to)

	s.sign("good", "good", subject, "issuing", from, to)
	s.sign("self", "good", subject, "self", from, to)
	s.sign("wrong-root", "good", subject, "impostor", from, to)
	s.sign("expired", "good", subject, "issuing", from, now.Add(-time.Minute))
	s.sign("early", "good", subject, "issuing", now.Add(time.Hour), to)
	s.sign("usage", "usage", subject, "issuing", from, to)
	s.sign("no-group", "no_group", subject, "issuing", from, to)
	s.sign("other-epc", "other_epc", subject, "issuing", from, to)
	s.sign("outside", "outside", subject, "issuing", from, to)
	s.sign("lost", "good", subject, "issuing", from, to)
	s.sign("long", "good", subject, "ward", from, to)

	trust, err := pki.NewTrust(s.chain("root", "issuing"))
	if err != nil {
		t.Fatal(err)
	}
	v := pki.NewVerifier(trust)
	id, err := v.Identify(s.chain("good", "issuing"), now)
	if err != nil || id.EPC != "3474257BF40000000000162E" || id.Group != ecg {
		t.Fatalf("good: Identify = %+v, %v", id, err)
	}
	lost, err := pki.NewVerifier(trust).Identify(s.chain("lost", "issuing"), now)
	if err != nil {
		t.Fatal(err)
	}
	v.RevokeLeaf(lost.Leaf)

	reasons := make(map[error]string)
	for _, tt := range []struct {
		name, by string
		want     error
	}{
		{"self", "issuing", pki.ErrSelfSigned},
		{"wrong-root", "impostor", pki.ErrStranger},
		{"expired", "issuing", pki.ErrExpired},
		{"early", "issuing", pki.ErrNotYet},
		{"usage", "issuing", pki.ErrUsage},
		{"no-group", "issuing", pki.ErrGroup},
		{"other-epc", "issuing", pki.ErrMismatch},
		{"outside", "issuing", pki.ErrConstraint},
		{"lost", "issuing", pki.ErrRevoked},
		{"long", "ward", pki.ErrPathLength},
	} {
		files := []string{tt.name, tt.by}
		if tt.by == "ward" {
			files = append(files, "issuing")
		}
		id, err := v.Identify(s.chain(files...), now)
		var r *pki.Refusal
		if !errors.As(err, &r) || r.Reason != tt.want || id.Known() {
			t.Errorf("%s: Identify = %s, %v, want %q", tt.name, id.URI, err, tt.want)
			continue
		}
		if other, ok := reasons[r.Reason]; ok {
			t.Errorf("%s and %s are refused for one reason: %v", tt.name, other, err)
		}
		reasons[r.Reason] = tt.name
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
