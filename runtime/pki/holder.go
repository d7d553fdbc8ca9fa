package pki

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A Holder is what a certificate says about itself, whoever signed it. What is
// true about it, a [Verifier] says.
type Holder struct {
	URI    string // the one SPIFFE ID
	Domain string // its trust domain: h1.health.example, people.h1.health.example
	Role   flow.Role
	Name   string   // last part of the SPIFFE path
	EPC    EPC      // devices; else zero
	Group  string   // devices and collectors, else often ""
	Rule   *RulePin // nil: none
}

const (
	maxID   = 2048 // bytes of a SPIFFE ID (SPIFFE-ID, section 2.3)
	maxName = 48   // bytes of a name: with its role it fits in a common name, which has at most 64
)

// Read takes the SPIFFE ID and our extensions from a certificate and checks
// that they agree with each other and with the role. It does not look at the
// signature, the time or the key purposes. Its error is a [Refusal] with
// [ErrName], [ErrExtension], [ErrMismatch] or [ErrGroup].
func Read(cert *x509.Certificate) (Holder, error) {
	uri, err := soleURI(cert)
	if err != nil {
		return Holder{}, refuse(cert, ErrName, err)
	}
	h, err := parseID(uri)
	if err != nil {
		return Holder{}, refuse(cert, ErrName, err)
	}
	var hasEPC bool
	for _, ext := range cert.Extensions {
		what := ""
		switch {
		case ext.Id.Equal(oidEPC):
			what, hasEPC = "epc", true
			h.EPC, err = decodeEPC(ext.Value)
		case ext.Id.Equal(oidGroup):
			what = "group"
			h.Group, err = decodeGroup(ext.Value)
		case ext.Id.Equal(oidRule):
			what, h.Rule = "rule", new(RulePin)
			*h.Rule, err = decodeRule(ext.Value)
		}
		if err != nil {
			return Holder{}, refuse(cert, ErrExtension, fmt.Errorf("%s: %w", what, err))
		}
	}
	p := profiles[h.Role]
	switch {
	case p.people && (h.Group != "" || h.Rule != nil):
		return Holder{}, refuse(cert, ErrExtension, errors.New("a person's certificate has no group and no rule"))
	case !p.epc && hasEPC:
		return Holder{}, refuse(cert, ErrExtension, errors.New("only a device has an EPC"))
	case p.epc && !hasEPC:
		return Holder{}, refuse(cert, ErrMismatch, errors.New("it has no epc extension"))
	case p.group && h.Group == "":
		return Holder{}, refuse(cert, ErrGroup, nil)
	}
	if p.epc {
		if err := sameEPC(cert, h); err != nil {
			return Holder{}, refuse(cert, ErrMismatch, err)
		}
	}
	return h, nil
}

// sameEPC checks that extension, subject and SPIFFE path name one device.
func sameEPC(cert *x509.Certificate, h Holder) error {
	path, err := h.EPC.path()
	switch {
	case err != nil:
		return err
	case h.EPC != h.EPC.plain():
		return fmt.Errorf("the filter is %d, a certificate's is %d", h.EPC.bits(8, 3), plainFilter)
	case cert.Subject.SerialNumber != h.EPC.Hex():
		return fmt.Errorf("the subject's serial number is %.40q, the extension says %s", cert.Subject.SerialNumber, h.EPC.Hex())
	case !strings.HasSuffix(h.URI, "/device/"+path):
		return fmt.Errorf("the SPIFFE ID is %.200q, the extension says %s", h.URI, h.EPC.URI())
	}
	return nil
}

// parseID reads spiffe://DOMAIN/ROLE/NAME, or spiffe://DOMAIN/device/SCHEME/NUMBERS.
func parseID(uri string) (Holder, error) {
	rest, ok := strings.CutPrefix(uri, "spiffe://")
	if !ok || len(uri) > maxID {
		return Holder{}, fmt.Errorf("%.80q is not a SPIFFE ID", uri)
	}
	domain, path, _ := strings.Cut(rest, "/")
	if err := checkDomain(domain); err != nil {
		return Holder{}, err
	}
	h := Holder{URI: uri, Domain: domain}
	parts := strings.Split(path, "/")
	h.Role = flow.Role(parts[0])
	p, ok := profiles[h.Role]
	if !ok {
		return Holder{}, fmt.Errorf("SPIFFE ID %.200q: %.40q is no role", uri, parts[0])
	}
	want := 2
	if p.epc {
		want = 3
	}
	if len(parts) != want {
		return Holder{}, fmt.Errorf("SPIFFE ID %.200q: want %d parts after the trust domain", uri, want)
	}
	for _, s := range parts[1:] {
		if err := checkName(s); err != nil {
			return Holder{}, fmt.Errorf("SPIFFE ID: %w", err)
		}
	}
	h.Name = parts[want-1]
	return h, nil
}

// soleURI is the one URI of a certificate's alternative names. Names that a
// peer could be taken for otherwise (DNS, e-mail, address) are refused; a
// hardware module name (otherName) may stand beside the URI.
func soleURI(cert *x509.Certificate) (string, error) {
	// The bytes are read again because url.URL, which crypto/x509 gives, forgets
	// some of what was written, such as an empty fragment.
	var san []byte
	for _, ext := range cert.Extensions {
		if ext.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 17}) {
			san = ext.Value
		}
	}
	if san == nil {
		return "", errors.New("it has none")
	}
	var names []asn1.RawValue
	if rest, err := asn1.Unmarshal(san, &names); err != nil || len(rest) > 0 {
		return "", errors.New("its alternative names can't be read")
	}
	var uris []string
	for _, n := range names {
		switch {
		case n.Class == asn1.ClassContextSpecific && n.Tag == 6:
			uris = append(uris, string(n.Bytes))
		case n.Class == asn1.ClassContextSpecific && n.Tag == 0:
		default:
			return "", errors.New("it has another name beside a URI")
		}
	}
	if len(uris) != 1 {
		return "", fmt.Errorf("it has %d URIs", len(uris))
	}
	return uris[0], nil
}

// checkName is nil for one part of a SPIFFE path that we would issue.
func checkName(s string) error {
	ok := s != "" && len(s) <= maxName && s[0] != '.' && s[0] != '-'
	for _, c := range []byte(s) {
		ok = ok && (letter(c) || 'A' <= c && c <= 'Z' || c == '.' || c == '_')
	}
	if !ok {
		return fmt.Errorf("name %.80q: want 1 to %d letters, digits, dots, dashes or underscores, first a letter or digit", s, maxName)
	}
	return nil
}

// checkDomain is nil for a trust domain: a DNS name in small letters of at
// least two labels.
func checkDomain(s string) error {
	labels := strings.Split(s, ".")
	ok := len(labels) >= 2 && len(s) <= 64
	for _, l := range labels {
		ok = ok && l != "" && len(l) <= 63 && l[0] != '-' && l[len(l)-1] != '-'
		for _, c := range []byte(l) {
			ok = ok && letter(c)
		}
	}
	if !ok {
		return fmt.Errorf("trust domain %.80q: want a name such as h1.health.example, in small letters", s)
	}
	return nil
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' }
