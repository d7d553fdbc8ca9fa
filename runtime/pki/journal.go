package pki

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// An Issuance is one line of a CA's log: a certificate it has signed.
type Issuance struct {
	Serial    string    `json:"serial"` // 32 hex digits
	Subject   string    `json:"subject"`
	URI       string    `json:"uri,omitempty"` // "" for an authority
	Role      flow.Role `json:"role,omitempty"`
	EPC       string    `json:"epc,omitempty"`
	Group     string    `json:"group,omitempty"`
	SHA256    string    `json:"sha256"` // of the certificate, hex
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
}

type journal = ledger[Issuance]

func record(cert *x509.Certificate, h Holder) Issuance {
	sum := sha256.Sum256(cert.Raw)
	i := Issuance{
		Serial: Serial(cert), Subject: cert.Subject.String(), URI: h.URI, Role: h.Role, Group: h.Group,
		SHA256: hex.EncodeToString(sum[:]), NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(),
	}
	if h.EPC != (EPC{}) {
		i.EPC = h.EPC.Hex()
	}
	return i
}

// Issued are the certificates the CA has signed, oldest first.
func (ca *CA) Issued() ([]Issuance, error) {
	var all []Issuance
	if _, err := ca.journal.read(0, func(i Issuance) { all = append(all, i) }); err != nil {
		return nil, fmt.Errorf("read issuance log: %w", err)
	}
	return all, nil
}
