package pki

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/wardflow/wardflow/runtime/durable"
)

// peopleDomain begins the trust domain of a hospital's staff and patients.
const peopleDomain = "people."

func isPeople(domain string) bool { return strings.HasPrefix(domain, peopleDomain) }

// A Trust is whom we believe: the roots, and the hospital authorities whose
// trust domains are ours. A hospital below the same ministry that is not among
// Issuers is a stranger. On disk it is a file of PEM certificates, which other
// tools read too (openssl verify -CAfile).
//
// There are two roots while one follows the other: see [Authority.Roll].
type Trust struct {
	Roots   []*x509.Certificate // the newest last
	Issuers []*x509.Certificate
	Cross   []*x509.Certificate // in which an older root vouches for a newer one's key
}

// maxTrust is the most certificates of a trust.
const maxTrust = 32

// NewTrust sorts certificates into roots, issuers, and what older roots say about
// newer ones. Each issuer must be signed by one of the roots and be constrained
// to a trust domain.
func NewTrust(certs []*x509.Certificate) (Trust, error) {
	var t Trust
	for _, c := range certs {
		switch {
		case !c.BasicConstraintsValid || !c.IsCA:
			return Trust{}, fmt.Errorf("trust %q: not the certificate of an authority", c.Subject)
		case selfSigned(c):
			t.Roots = append(t.Roots, c)
		case bytes.Equal(c.RawSubject, c.RawIssuer):
			t.Cross = append(t.Cross, c)
		case len(c.PermittedURIDomains) == 0:
			return Trust{}, fmt.Errorf("trust %q: it is not constrained to a trust domain", c.Subject)
		default:
			t.Issuers = append(t.Issuers, c)
		}
	}
	if len(t.Roots) == 0 || len(t.Issuers) == 0 {
		return Trust{}, errors.New("a trust needs a root and at least one hospital's authority")
	}
	for _, c := range t.Issuers {
		signed := false
		for _, r := range t.Roots {
			signed = signed || c.CheckSignatureFrom(r) == nil
		}
		if !signed {
			return Trust{}, fmt.Errorf("trust %q: none of the roots has signed it", c.Subject)
		}
	}
	t.order()
	return t, nil
}

// order puts each root behind the one that has vouched for it, whatever the
// order in the file: that the newest is the last matters to [Adopt].
func (t Trust) order() {
	for range t.Cross { // each of them may move one root once more
		for _, c := range t.Cross {
			older := slices.IndexFunc(t.Roots, func(r *x509.Certificate) bool { return c.CheckSignatureFrom(r) == nil })
			newer := slices.IndexFunc(t.Roots, func(r *x509.Certificate) bool { return samePublic(c.PublicKey, r.PublicKey) })
			if older > newer && newer >= 0 {
				r := t.Roots[newer]
				copy(t.Roots[newer:], t.Roots[newer+1:older+1])
				t.Roots[older] = r
			}
		}
	}
}

// Root is the newest root; nil for the zero Trust.
func (t Trust) Root() *x509.Certificate {
	if len(t.Roots) == 0 {
		return nil
	}
	return t.Roots[len(t.Roots)-1]
}

// Certificates are all of the trust, for [NewTrust] or [Adopt] on the other
// side.
func (t Trust) Certificates() []*x509.Certificate { return slices.Concat(t.Roots, t.Issuers, t.Cross) }

// Without is the trust after a root is withdrawn: without it, without the
// authorities that no other root has signed, and without what it vouched for.
func (t Trust) Without(root *x509.Certificate) Trust {
	next := Trust{Roots: slices.DeleteFunc(slices.Clone(t.Roots), root.Equal)}
	signed := func(c *x509.Certificate) bool {
		return slices.ContainsFunc(next.Roots, func(r *x509.Certificate) bool { return c.CheckSignatureFrom(r) == nil })
	}
	for _, c := range t.Issuers {
		if signed(c) {
			next.Issuers = append(next.Issuers, c)
		}
	}
	for _, c := range t.Cross {
		if signed(c) {
			next.Cross = append(next.Cross, c)
		}
	}
	return next
}

// LoadTrust reads what [SaveTrust] writes, or any file of PEM certificates.
func LoadTrust(file string) (Trust, error) {
	certs, err := loadCerts(file)
	if err != nil {
		return Trust{}, fmt.Errorf("load trust: %w", err)
	}
	t, err := NewTrust(certs)
	if err != nil {
		return Trust{}, fmt.Errorf("load trust: %s: %w", file, err)
	}
	return t, nil
}

// SaveTrust writes a trust to a file, in place of what was there.
func SaveTrust(file string, t Trust) error {
	if err := durable.Replace(file, encodeCerts(t.Certificates()), 0o644); err != nil {
		return fmt.Errorf("save trust: %w", err)
	}
	return nil
}

// domains are the trust domains of the issuers.
func (t Trust) domains() map[string]bool {
	all := make(map[string]bool)
	for _, c := range t.Issuers {
		for _, d := range c.PermittedURIDomains {
			all[d] = true
		}
	}
	return all
}

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawSubject, c.RawIssuer) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func encodeCerts(certs []*x509.Certificate) []byte {
	var b []byte
	for _, c := range certs {
		b = append(b, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return b
}

// LoadChain reads a file of PEM certificates, at least one.
func LoadChain(file string) ([]*x509.Certificate, error) {
	certs, err := loadCerts(file)
	if err != nil {
		return nil, fmt.Errorf("load certificates: %w", err)
	}
	return certs, nil
}

func loadCerts(file string) ([]*x509.Certificate, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	certs, err := ParseChain(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return certs, nil
}

// ParseChain reads PEM certificates, at least one and at most 32, and nothing
// else.
func ParseChain(b []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("holds a %s beside certificates", block.Type)
		}
		if len(certs) == maxTrust {
			return nil, fmt.Errorf("holds more than %d certificates", maxTrust)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", len(certs)+1, err)
		}
		certs = append(certs, c)
	}
	if len(certs) == 0 {
		return nil, errors.New("holds no PEM certificate")
	}
	return certs, nil
}
