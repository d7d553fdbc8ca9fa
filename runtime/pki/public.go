package pki

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"strings"
)

// Paths below the public address of a CA service. The name of a CA stands
// between prefix and suffix.
const (
	ListPath   = "/crl/" // issuing.crl: the newest revocation list, DER
	IssuerPath = "/ca/"  // issuing.cer: the CA's own certificate, DER
	OCSPPath   = "/ocsp" // for all CAs
)

// SetPublic tells where strangers find out whether a certificate holds, such as
// http://ca.h1.health.example:8480: from now on certificates name the addresses
// of OCSP, of the CA's certificate and of its revocation list there (RFC 5280,
// sections 4.2.2.1 and 4.2.1.13). Plain HTTP is meant: what is read there is
// signed, and who must look it up to trust TLS can't use TLS for it. The empty
// string ends it.
func (a *Authority) SetPublic(base string) error {
	if base != "" {
		u, err := url.Parse(base)
		if err != nil || u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return fmt.Errorf("public address %.200q: want http://HOST or http://HOST:PORT", base)
		}
	}
	a.Issuing.public = strings.TrimSuffix(base, "/")
	a.People.public = a.Issuing.public
	return nil
}

// announce puts the public addresses into a template that the CA will sign.
func (ca *CA) announce(tmpl *x509.Certificate) {
	if ca.public == "" {
		return
	}
	tmpl.OCSPServer = []string{ca.public + OCSPPath}
	tmpl.IssuingCertificateURL = []string{ca.public + IssuerPath + ca.name + ".cer"}
	tmpl.CRLDistributionPoints = []string{ca.public + ListPath + ca.name + ".crl"}
}
