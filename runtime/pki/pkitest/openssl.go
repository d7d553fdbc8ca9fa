package pkitest

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"time"

	"github.com/wardflow/wardflow/runtime/pki"
)

// Made is what openssl has made with the hospital's authority: a device's
// certificate, and ten that must be refused.
type Made struct {
	Dir  string // has a directory for each, with cert.pem and key.pem
	Good Case
	Bad  []Case

	// List is a revocation list of the issuing CA, in PEM, with the bad case
	// "revoked": without it that one is good. Its number is above that of any
	// list the authority has published until now.
	List []byte
}

// A Case is one certificate with its key.
type Case struct {
	Name  string
	Dir   string
	Key   crypto.Signer
	Chain []*x509.Certificate // leaf first
	Why   error               // one of the reasons of package pki; nil: good
}

// TLS is the case as a client or server shows it, whatever it is worth.
func (c Case) TLS() tls.Certificate {
	t := tls.Certificate{PrivateKey: c.Key, Leaf: c.Chain[0]}
	for _, x := range c.Chain {
		t.Certificate = append(t.Certificate, x.Raw)
	}
	return t
}

// The device of all cases.
const (
	MadeEPC   = "urn:epc:id:giai:0614141.5678"
	MadeGroup = "h1/3/icu-3/ecg"
	MadeURI   = "spiffe://" + Name + "/device/giai/0614141.5678"

	madeSubject = "/O=" + Name + "/CN=device|0614141.5678/serialNumber=3474257BF40000000000162E"
)

// OpenSSL has the openssl program make certificates with the hospital's keys.
// Without openssl it skips the test. The cases are those of the seed's test of
// secure communication: good, self-signed, wrong-root, expired, not-yet-valid,
// wrong-eku, no-extension, outside-constraint, revoked, path-too-long; and one
// more whose EPC is another's.
func (h *Hospital) OpenSSL() *Made {
	h.tb.Helper()
	s := OpenShop(h.tb)
	now := time.Now()
	from, to := now.Add(-time.Minute), now.Add(24*time.Hour)
	h.lend(s)
	s.Sign("ward", "ward", "/O="+Name+"/CN=Ward|CA", "issuing", from, to)
	s.Sign("stranger", "root", "/O=Ministry|of|Health/CN=Ministry|of|Health|Root", "stranger", from, to)
	s.Sign("impostor", "issuing", "/O="+Name+"/CN=Issuing|CA", "stranger", from, to)

	m := &Made{Dir: s.Dir, Good: h.make(s, "good", "good", nil, from, to, "issuing")}
	for _, c := range []struct {
		name, section string
		why           error
		from, to      time.Time
		above         []string
	}{
		{"self-signed", "good", pki.ErrSelfSigned, from, to, nil},
		{"wrong-root", "good", pki.ErrStranger, from, to, []string{"impostor"}},
		{"expired", "good", pki.ErrExpired, from.Add(-time.Hour), now.Add(-time.Second), []string{"issuing"}},
		{"not-yet-valid", "good", pki.ErrNotYet, now.Add(time.Hour), to, []string{"issuing"}},
		{"wrong-eku", "usage", pki.ErrUsage, from, to, []string{"issuing"}},
		{"no-extension", "no_group", pki.ErrGroup, from, to, []string{"issuing"}},
		{"other-epc", "other_epc", pki.ErrMismatch, from, to, []string{"issuing"}},
		{"outside-constraint", "outside", pki.ErrConstraint, from, to, []string{"issuing"}},
		{"revoked", "good", pki.ErrRevoked, from, to, []string{"issuing"}},
		{"path-too-long", "good", pki.ErrPathLength, from, to, []string{"ward", "issuing"}},
	} {
		m.Bad = append(m.Bad, h.make(s, c.name, c.section, c.why, c.from, c.to, c.above...))
	}
	m.List = s.Revoke("issuing", "revoked")
	return m
}

// lend gives the issuing CA's key and certificate to a shop.
func (h *Hospital) lend(s Shop) {
	h.tb.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(h.keys.Issuing)
	if err != nil {
		h.tb.Fatal(err)
	}
	s.Write("issuing.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	s.Write("issuing.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Authority.Issuing.Cert.Raw}))
}

// make has a certificate made and puts it into a directory of its own.
func (h *Hospital) make(s Shop, name, section string, why error, from, to time.Time, above ...string) Case {
	h.tb.Helper()
	by := name
	if len(above) > 0 {
		by = above[0]
	}
	s.Sign(name, section, madeSubject, by, from, to)
	c := Case{Name: name, Dir: filepath.Join(s.Dir, name+".d"), Chain: s.Chain(append([]string{name}, above...)...), Why: why}
	key := s.Read(name + ".key")
	block, _ := pem.Decode(key)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		h.tb.Fatal(err)
	}
	c.Key = parsed.(crypto.Signer)
	if err := os.Mkdir(c.Dir, 0o700); err != nil {
		h.tb.Fatal(err)
	}
	var chain []byte
	for _, x := range c.Chain {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: x.Raw})...)
	}
	s.Write(filepath.Join(name+".d", "key.pem"), key)
	s.Write(filepath.Join(name+".d", "cert.pem"), chain)
	return c
}
