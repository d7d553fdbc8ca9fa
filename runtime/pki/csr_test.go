package pki_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func p256(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := pki.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// csr makes a signing request of a template, signed by key.
func csr(t *testing.T, key crypto.Signer, tmpl x509.CertificateRequest) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &tmpl, key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func extension(t *testing.T, oid asn1.ObjectIdentifier, value any) []pkix.Extension {
	t.Helper()
	der, err := asn1.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return []pkix.Extension{{Id: oid, Value: der}}
}

// forged is a signing request whose public key is not that of its signature.
func forged(t *testing.T, own, stolen crypto.Signer) []byte {
	t.Helper()
	var r struct {
		Info struct {
			Version    int
			Subject    asn1.RawValue
			Key        asn1.RawValue
			Attributes asn1.RawValue `asn1:"tag:0"`
		}
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(csr(t, own, x509.CertificateRequest{}), &r); err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(stolen.Public())
	if err != nil {
		t.Fatal(err)
	}
	r.Info.Key = asn1.RawValue{FullBytes: spki}
	der, err := asn1.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// One invited device, twenty signing requests and more: what is issued, or why
// not. Whatever is asked, the names are those of the invitation.
func TestIssueCSR(t *testing.T) {
	h := pkitest.New(t)
	now := time.Now()
	key := p256(t)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	name := func(s string) []*url.URL { return []*url.URL{uri(t, s)} }
	const mine, others = "spiffe://h1.health.example/device/giai/0614141.5678", "spiffe://h1.health.example/device/giai/0614141.5679"
	invited := device(t)
	node := pki.Request{Role: flow.RoleNode, Name: "bedside"}
	type x = x509.CertificateRequest
	hardware := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: []byte{6, 1, 42, 0xa0, 3, 12, 1, 'x'}}
	var golden strings.Builder
	for _, tt := range []struct {
		name string
		req  pki.Request
		csr  []byte
	}{
		{"nothing but a key", invited, csr(t, key, x{})},
		{"the same in PEM", invited, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr(t, key, x{})})},
		{"a common name", invited, csr(t, key, x{Subject: pkix.Name{CommonName: "admin"}})},
		{"its own SPIFFE ID", invited, csr(t, key, x{URIs: name(mine)})},
		{"its own serial number", invited, csr(t, key, x{Subject: pkix.Name{SerialNumber: "3474257BF40000000000162E"}})},
		{"its own group", invited, csr(t, key, x{ExtraExtensions: []pkix.Extension{{Id: pki.OIDGroup, Value: pki.EncodeGroup(ecg)}}})},
		{"its own key purpose", invited, csr(t, key, x{ExtraExtensions: extension(t, asn1.ObjectIdentifier{2, 5, 29, 37}, []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 2}})})},
		{"digitalSignature, no authority", invited, csr(t, key, x{ExtraExtensions: append(
			extension(t, asn1.ObjectIdentifier{2, 5, 29, 15}, asn1.BitString{Bytes: []byte{0x80}, BitLength: 1}),
			pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 19}, Value: []byte{0x30, 0}})})},
		{"Ed25519 for a device", invited, csr(t, ed, x{})},
		{"a node's", node, csr(t, key, x{URIs: name("spiffe://h1.health.example/node/bedside")})},
		{"a card's", pki.Request{Role: flow.RolePatient, Name: "p-7f3a"}, csr(t, key, x{})},

		{"another device's SPIFFE ID", invited, csr(t, key, x{URIs: name(others)})},
		{"its own and another", invited, csr(t, key, x{URIs: append(name(mine), name(others)...)})},
		{"a node's SPIFFE ID", invited, csr(t, key, x{URIs: name("spiffe://h1.health.example/node/bedside")})},
		{"another device's serial number", invited, csr(t, key, x{Subject: pkix.Name{SerialNumber: "3474257BF400000000000194"}})},
		{"another hospital", invited, csr(t, key, x{Subject: pkix.Name{Organization: []string{"h2.health.example"}}})},
		{"another group", invited, csr(t, key, x{ExtraExtensions: []pkix.Extension{{Id: pki.OIDGroup, Value: pki.EncodeGroup("h1/3/icu-3/infusion")}}})},
		{"another EPC", invited, csr(t, key, x{ExtraExtensions: []pkix.Extension{{Id: pki.OIDEPC, Value: pki.EncodeEPC(pki.EPC{0x35})}}})},
		{"a rule it has not", invited, csr(t, key, x{ExtraExtensions: []pkix.Extension{{Id: pki.OIDRule, Value: pki.EncodeRule(pki.RulePin{})}}})},
		{"a host name", invited, csr(t, key, x{DNSNames: []string{"bedside.h1.health.example"}})},
		{"an address", invited, csr(t, key, x{IPAddresses: []net.IP{net.IPv4(10, 0, 0, 1)}})},
		{"a mailbox", invited, csr(t, key, x{EmailAddresses: []string{"root@h1.health.example"}})},
		{"another kind of name", invited, csr(t, key, x{ExtraExtensions: extension(t, asn1.ObjectIdentifier{2, 5, 29, 17}, []asn1.RawValue{hardware})})},
		{"to be an authority", invited, csr(t, key, x{ExtraExtensions: extension(t, asn1.ObjectIdentifier{2, 5, 29, 19}, struct{ CA bool }{true})})},
		{"to sign certificates", invited, csr(t, key, x{ExtraExtensions: extension(t, asn1.ObjectIdentifier{2, 5, 29, 15}, asn1.BitString{Bytes: []byte{0x04}, BitLength: 6})})},
		{"to serve", invited, csr(t, key, x{ExtraExtensions: extension(t, asn1.ObjectIdentifier{2, 5, 29, 37}, []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 1}})})},
		{"any purpose", invited, csr(t, key, x{ExtraExtensions: extension(t, asn1.ObjectIdentifier{2, 5, 29, 37}, []asn1.ObjectIdentifier{{2, 5, 29, 37, 0}})})},
		{"an unknown extension", invited, csr(t, key, x{ExtraExtensions: extension(t, asn1.ObjectIdentifier{1, 2, 3, 4}, 1)})},
		{"key purposes that are none", invited, csr(t, key, x{ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Value: []byte{1, 2, 3}}}})},
		{"an RSA key", invited, csr(t, rsaKey, x{})},
		{"a P-384 key", invited, csr(t, p384, x{})},
		{"Ed25519 for a node", node, csr(t, ed, x{})},
		{"somebody else's key", invited, forged(t, key, p256(t))},
		{"no signing request", invited, []byte("hello")},
		{"cut short", invited, csr(t, key, x{})[:100]},
		{"more behind it", invited, append(csr(t, key, x{}), 0)},
		{"too large", invited, make([]byte, pki.MaxCSR+1)},
	} {
		chain, err := h.Authority.IssueCSR(tt.csr, tt.req, now)
		if check := h.Authority.CheckCSR(tt.csr, tt.req, now); (check == nil) != (err == nil) {
			t.Errorf("%s: CheckCSR = %v, IssueCSR = %v", tt.name, check, err)
		}
		fmt.Fprintf(&golden, "%-32s", tt.name)
		if err != nil {
			fmt.Fprintf(&golden, " no: %v\n", strings.TrimPrefix(err.Error(), "issue for a signing request: "))
			continue
		}
		id, err := h.Verifier().Identify(chain, now)
		if err != nil {
			t.Errorf("%s: what was issued is refused: %v", tt.name, err)
		}
		fmt.Fprintf(&golden, " yes: %s %s %T\n", id.URI, id.Group, chain[0].PublicKey)
	}
	file := filepath.Join("testdata", "csr.txt")
	if *update {
		if err := os.WriteFile(file, []byte(golden.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if golden.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", golden.String(), want)
	}
}

// What NewCSR makes, openssl verifies; what openssl makes, we grant.
func TestOpenSSLSigningRequest(t *testing.T) {
	s := pkitest.OpenShop(t)
	h := pkitest.New(t)
	der, err := pki.NewCSR(p256(t))
	if err != nil {
		t.Fatal(err)
	}
	s.Write("ours.csr", der)
	if out := s.Run("req -inform DER -in ours.csr -verify -noout -text"); !strings.Contains(out, "verify OK") {
		t.Errorf("openssl says %s", out)
	}
	s.Run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out theirs.key")
	s.Run("req -new -key theirs.key -subj /CN=whoever -out theirs.csr")
	chain, err := h.Authority.IssueCSR(s.Read("theirs.csr"), device(t), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Verifier().Identify(chain, time.Now()); err != nil {
		t.Error(err)
	}
}

// Nothing is issued for a role by the wrong authority, whatever the request.
func TestIssueCSRRequest(t *testing.T) {
	h := pkitest.New(t)
	der := csr(t, p256(t), x509.CertificateRequest{})
	for name, req := range map[string]pki.Request{
		"no role":         {Name: "bedside"},
		"no group":        {Role: flow.RoleCollector, Name: "bed-1"},
		"too long a life": {Role: flow.RoleNode, Name: "bedside", Life: 91 * 24 * time.Hour},
		"no name":         {Role: flow.RoleNode},
	} {
		if _, err := h.Authority.IssueCSR(der, req, time.Now()); err == nil || errors.Is(err, pki.ErrCSR) {
			t.Errorf("%s: IssueCSR = %v", name, err)
		}
		if err := h.Authority.Check(req, time.Now()); err == nil {
			t.Errorf("%s: Check = nil", name)
		}
	}
	if err := h.Authority.Check(device(t), time.Now()); err != nil {
		t.Errorf("Check = %v", err)
	}
}
