package pki

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// A Reason says why a certificate is revoked, with the numbers of RFC 5280,
// section 5.3.1.
type Reason int

// The reasons of RFC 5280. A certificate on hold may be reinstated, no other.
const (
	Unspecified          Reason = 0
	KeyCompromise        Reason = 1
	CACompromise         Reason = 2
	AffiliationChanged   Reason = 3
	Superseded           Reason = 4
	CessationOfOperation Reason = 5
	CertificateHold      Reason = 6
	RemoveFromCRL        Reason = 8 // in a CA's own log only: the hold is lifted
	PrivilegeWithdrawn   Reason = 9
	AACompromise         Reason = 10
)

var reasons = map[Reason]string{
	Unspecified: "unspecified", KeyCompromise: "keyCompromise", CACompromise: "cACompromise", AffiliationChanged: "affiliationChanged",
	Superseded: "superseded", CessationOfOperation: "cessationOfOperation", CertificateHold: "certificateHold", RemoveFromCRL: "removeFromCRL",
	PrivilegeWithdrawn: "privilegeWithdrawn", AACompromise: "aACompromise",
}

// String is the name RFC 5280 gives the reason, such as keyCompromise.
func (r Reason) String() string {
	if s, ok := reasons[r]; ok {
		return s
	}
	return fmt.Sprintf("reason %d", int(r))
}

// ParseReason reads what [Reason.String] writes.
func ParseReason(s string) (Reason, error) {
	for r, name := range reasons {
		if name == s && r != RemoveFromCRL {
			return r, nil
		}
	}
	return 0, fmt.Errorf("reason %.40q: want one of RFC 5280: unspecified, keyCompromise, cACompromise, affiliationChanged, superseded, "+
		"cessationOfOperation, certificateHold, privilegeWithdrawn, aACompromise", s)
}

// A Revocation is one entry of a revocation list.
type Revocation struct {
	Serial string    `json:"serial"` // at least 32 hex digits, small: see [Serial]
	At     time.Time `json:"at"`     // in whole seconds
	Reason Reason    `json:"reason"`
}

// Serial is a certificate's serial number as this package writes it: hex, small
// letters, at least 32 digits.
func Serial(cert *x509.Certificate) string { return serialText(cert.SerialNumber) }

func serialText(n *big.Int) string {
	return hex.EncodeToString(n.FillBytes(make([]byte, max(16, (n.BitLen()+7)/8))))
}

func parseSerial(s string) (*big.Int, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) > 20 {
		return nil, fmt.Errorf("serial number %.64q: want 32 to 40 hex digits", s)
	}
	return new(big.Int).SetBytes(b), nil
}

// KeyID is the subject key identifier of an authority in hex: the name under
// which its revocation list is kept.
func KeyID(ca *x509.Certificate) string { return hex.EncodeToString(ca.SubjectKeyId) }

// A List is what a certificate revocation list says (RFC 5280, section 5),
// whoever signed it. Whether to believe it, a [Verifier] knows.
type List struct {
	Issuer     string // key identifier of the authority in hex; "" if the list does not say
	Number     uint64
	ThisUpdate time.Time
	NextUpdate time.Time
	Entries    []Revocation
}

// MaxList is the most bytes of a revocation list, in DER: some 40,000 entries, of
// one authority, which lasts five years. All that carries lists has room for one
// of that size, and [CA.Publish] makes none that is larger.
const MaxList = 2<<20 - 1<<10

// The extensions of lists that change what a list or an entry means.
var (
	oidDeltaList    = asn1.ObjectIdentifier{2, 5, 29, 27}
	oidDistribution = asn1.ObjectIdentifier{2, 5, 29, 28}
)

// ReadList reads a revocation list in DER, or in PEM with the type X509 CRL,
// and checks its form but not its signature: it must be complete (no delta, no
// part, no list for another authority), numbered below 2^64, and say when the
// next one comes.
func ReadList(b []byte) (List, error) {
	_, l, err := parseList(b)
	return l, err
}

func parseList(b []byte) (*x509.RevocationList, List, error) {
	wrap := func(err error) (*x509.RevocationList, List, error) {
		return nil, List{}, fmt.Errorf("read revocation list: %w", err)
	}
	if len(b) > 2*MaxList { // PEM is larger than DER by a third
		return wrap(fmt.Errorf("%d bytes: at most %d are read", len(b), MaxList))
	}
	if block, rest := pem.Decode(b); block != nil && block.Type == "X509 CRL" && len(bytes.TrimSpace(rest)) == 0 {
		b = block.Bytes
	}
	if len(b) > MaxList {
		return wrap(fmt.Errorf("%d bytes: at most %d are read", len(b), MaxList))
	}
	crl, err := x509.ParseRevocationList(b)
	if err != nil {
		return wrap(err)
	}
	switch {
	case len(crl.Raw) != len(b): // crypto/x509 does not mind
		return wrap(fmt.Errorf("%d bytes after it", len(b)-len(crl.Raw)))
	case crl.Number == nil || !crl.Number.IsUint64():
		return wrap(errors.New("it has no number below 2^64, so nobody can tell which list is newer"))
	case crl.NextUpdate.IsZero():
		return wrap(errors.New("it does not say when the next one comes"))
	}
	for _, ext := range crl.Extensions {
		if ext.Critical || ext.Id.Equal(oidDeltaList) || ext.Id.Equal(oidDistribution) {
			return wrap(fmt.Errorf("its extension %v limits what it says: want a complete list of one authority", ext.Id))
		}
	}
	l := List{Issuer: hex.EncodeToString(crl.AuthorityKeyId), Number: crl.Number.Uint64(), ThisUpdate: crl.ThisUpdate.UTC(), NextUpdate: crl.NextUpdate.UTC()}
	for _, e := range crl.RevokedCertificateEntries {
		for _, ext := range e.Extensions {
			if ext.Critical {
				return wrap(fmt.Errorf("the entry of serial number %x has an extension %v that is not known", e.SerialNumber, ext.Id))
			}
		}
		l.Entries = append(l.Entries, Revocation{Serial: serialText(e.SerialNumber), At: e.RevocationTime.UTC(), Reason: Reason(e.ReasonCode)})
	}
	return crl, l, nil
}
