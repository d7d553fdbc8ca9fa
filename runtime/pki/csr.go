package pki

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A certificate signing request (PKCS #10, RFC 2986) proves that its sender has
// the key. Who the sender is, it does not prove: that comes from a token or from
// the certificate in use, as a [Request]. What the signing request says about
// names and purposes is therefore not taken over; where it says something, it
// must be what will be issued, so that nobody is handed a certificate other
// than the one asked for.

// MaxCSR is the most bytes of a signing request that is read.
const MaxCSR = 16 << 10

// ErrCSR reports a signing request that can't be granted.
var ErrCSR = errors.New("the signing request can't be granted")

// NewCSR makes a signing request for a key, in DER. It names nobody.
func NewCSR(key crypto.Signer) ([]byte, error) {
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return nil, fmt.Errorf("make signing request: %w", err)
	}
	return der, nil
}

// IssueCSR issues what req says for the key of a signing request in DER or PEM,
// by the CA that issues for its role. The request's Key is not used. A signing
// request that asks for something else is refused with [ErrCSR].
func (a *Authority) IssueCSR(csr []byte, req Request, now time.Time) ([]*x509.Certificate, error) {
	var err error
	if req.Key, err = a.checkCSR(csr, req, now); err != nil {
		return nil, fmt.Errorf("issue for a signing request: %w", err)
	}
	return a.For(req.Role).Issue(req, now)
}

// CheckCSR is nil if [Authority.IssueCSR] would issue.
func (a *Authority) CheckCSR(csr []byte, req Request, now time.Time) error {
	_, err := a.checkCSR(csr, req, now)
	return err
}

// Check is nil if a request could be granted to whoever has a key for it: the
// request's Key is not looked at.
func (a *Authority) Check(req Request, now time.Time) error {
	key, err := NewKey()
	if err != nil {
		return err
	}
	req.Key = key.Public()
	_, err = a.For(req.Role).template(req, now)
	return err
}

func (a *Authority) checkCSR(csr []byte, req Request, now time.Time) (crypto.PublicKey, error) {
	r, err := readCSR(csr)
	if err != nil {
		return nil, err
	}
	req.Key = r.PublicKey
	if err := checkKey(r.PublicKey, req.Role); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCSR, err)
	}
	tmpl, err := a.For(req.Role).template(req, now)
	if err != nil {
		return nil, err
	}
	if err := agrees(r, tmpl); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCSR, err)
	}
	return r.PublicKey, nil
}

// For is the CA that issues for a role.
func (a *Authority) For(role flow.Role) *CA {
	if profiles[role].people {
		return a.People
	}
	return a.Issuing
}

// readCSR reads a signing request and checks that its sender has the key.
func readCSR(b []byte) (*x509.CertificateRequest, error) {
	if len(b) > MaxCSR {
		return nil, fmt.Errorf("%w: it has %d bytes, at most %d are read", ErrCSR, len(b), MaxCSR)
	}
	if block, _ := pem.Decode(b); block != nil && (block.Type == "CERTIFICATE REQUEST" || block.Type == "NEW CERTIFICATE REQUEST") {
		b = block.Bytes
	}
	r, err := x509.ParseCertificateRequest(b)
	if err != nil {
		return nil, fmt.Errorf("%w: it is not one in the form of PKCS #10", ErrCSR)
	}
	if err := r.CheckSignature(); err != nil {
		return nil, fmt.Errorf("%w: it is not signed by the key in it", ErrCSR)
	}
	return r, nil
}

// agrees is nil if everything that a signing request says is in the template.
func agrees(r *x509.CertificateRequest, tmpl *x509.Certificate) error {
	for _, ext := range r.Extensions {
		if err := sameExtension(ext, tmpl); err != nil {
			return err
		}
	}
	if n := r.Subject.SerialNumber; n != "" && !strings.EqualFold(n, tmpl.Subject.SerialNumber) {
		return fmt.Errorf("its subject's serial number is %.40q, the certificate's will be %q", n, tmpl.Subject.SerialNumber)
	}
	for _, o := range r.Subject.Organization {
		if !slices.Contains(tmpl.Subject.Organization, o) {
			return fmt.Errorf("its subject's organization is %.80q, the certificate's will be %q", o, tmpl.Subject.Organization)
		}
	}
	return sameNames(r, tmpl)
}

func sameNames(r *x509.CertificateRequest, tmpl *x509.Certificate) error {
	if len(r.EmailAddresses) > 0 {
		return fmt.Errorf("it asks for the e-mail address %.80q", r.EmailAddresses[0])
	}
	for _, u := range r.URIs {
		if len(tmpl.URIs) != 1 || u.String() != tmpl.URIs[0].String() {
			return fmt.Errorf("it asks for the name %.200q, and may have %v", u, tmpl.URIs)
		}
	}
	for _, d := range r.DNSNames {
		if !slices.Contains(tmpl.DNSNames, d) {
			return fmt.Errorf("it asks for the name %.200q, and may have %q", d, tmpl.DNSNames)
		}
	}
	for _, ip := range r.IPAddresses {
		if !slices.ContainsFunc(tmpl.IPAddresses, ip.Equal) {
			return fmt.Errorf("it asks for the address %v, and may have %v", ip, tmpl.IPAddresses)
		}
	}
	return nil
}

var (
	oidAltName     = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidSubjectKey  = asn1.ObjectIdentifier{2, 5, 29, 14}
	oidKeyUsage    = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// knownNames is nil for alternative names that crypto/x509 reads: mailbox, host,
// URI and address.
func knownNames(der []byte) error {
	var names []asn1.RawValue
	if err := exactly(der, &names); err != nil {
		return err
	}
	for _, n := range names {
		if n.Class != asn1.ClassContextSpecific || !slices.Contains([]int{1, 2, 6, 7}, n.Tag) {
			return fmt.Errorf("it asks for a name of the kind %d, which the certificate will not have", n.Tag)
		}
	}
	return nil
}

// sameExtension checks one extension that a signing request asks for.
func sameExtension(ext pkix.Extension, tmpl *x509.Certificate) error {
	switch {
	case ext.Id.Equal(oidAltName): // those that crypto/x509 reads: sameNames
		return knownNames(ext.Value)
	case ext.Id.Equal(oidSubjectKey): // ours is from the key
		return nil
	case ext.Id.Equal(oidKeyUsage), ext.Id.Equal(oidConstraints), ext.Id.Equal(oidExtKeyUsage):
		return sameUsage(ext, tmpl)
	}
	for _, e := range tmpl.ExtraExtensions {
		if e.Id.Equal(ext.Id) {
			if !bytes.Equal(e.Value, ext.Value) {
				return fmt.Errorf("its extension %v has another value than the certificate's will have", ext.Id)
			}
			return nil
		}
	}
	return fmt.Errorf("it asks for the extension %v, which the certificate will not have", ext.Id)
}

// sameUsage checks the extensions that crypto/x509 writes itself: what is asked
// for must be no more than what the template gives.
func sameUsage(ext pkix.Extension, tmpl *x509.Certificate) error {
	var err error
	switch {
	case ext.Id.Equal(oidConstraints):
		var c struct {
			CA   bool `asn1:"optional"`
			Path int  `asn1:"optional,default:-1"`
		}
		if err = exactly(ext.Value, &c); err == nil && c.CA {
			err = errors.New("it asks for the certificate of an authority")
		}
	case ext.Id.Equal(oidKeyUsage):
		var bits asn1.BitString
		if err = exactly(ext.Value, &bits); err == nil {
			for i := range bits.BitLength {
				if bits.At(i) == 1 && i != 0 {
					err = errors.New("it asks for more key usages than digitalSignature")
				}
			}
		}
	default:
		var asked []asn1.ObjectIdentifier
		if err = exactly(ext.Value, &asked); err == nil {
			err = sameUses(asked, tmpl)
		}
	}
	return err
}

func exactly(der []byte, into any) error {
	rest, err := asn1.Unmarshal(der, into)
	if err == nil && len(rest) > 0 {
		err = errors.New("bytes after the value")
	}
	if err != nil {
		return errors.New("an extension it asks for can't be read")
	}
	return nil
}

var (
	oidServerAuth = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	oidClientAuth = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
)

// sameUses checks key purposes that a signing request asks for.
func sameUses(asked []asn1.ObjectIdentifier, tmpl *x509.Certificate) error {
	for _, o := range asked {
		ok := slices.ContainsFunc(tmpl.UnknownExtKeyUsage, o.Equal) ||
			o.Equal(oidServerAuth) && slices.Contains(tmpl.ExtKeyUsage, x509.ExtKeyUsageServerAuth) ||
			o.Equal(oidClientAuth) && slices.Contains(tmpl.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
		if !ok {
			return fmt.Errorf("it asks for the key purpose %v, which its role does not have", o)
		}
	}
	return nil
}
