package pki

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
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
	SHA256    string    `json:"sha256"`        // of the certificate, hex
	Key       string    `json:"key,omitempty"` // of a device: its point on P-256, x and y, 128 hex digits; "" for another kind of key
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	Note
}

// A Note is what the log is to say of a certificate that does not stand in it.
type Note struct {
	Holder     string `json:"holder,omitempty"`     // of one for the web: SPIFFE ID of whose server it is for
	After      string `json:"after,omitempty"`      // serial number of the certificate by which it was asked for
	Generation int    `json:"generation,omitempty"` // how many times its holder had begun anew
}

// owner is the SPIFFE ID of whom a certificate was made for; "" for an authority,
// and for the web if nobody was named.
func (i Issuance) owner() string {
	if i.URI != "" {
		return i.URI
	}
	return i.Holder
}

type journal = ledger[Issuance]

func record(cert *x509.Certificate, h Holder, n Note) Issuance {
	sum := sha256.Sum256(cert.Raw)
	i := Issuance{
		Serial: Serial(cert), Subject: cert.Subject.String(), URI: h.URI, Role: h.Role, Group: h.Group,
		SHA256: hex.EncodeToString(sum[:]), NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(), Note: n,
	}
	if h.EPC != (EPC{}) {
		i.EPC = h.EPC.Hex()
		i.Key = pointOf(cert.PublicKey)
	}
	return i
}

// IssuedTo are the certificates of a holder, by SPIFFE ID, and those for the web
// that were noted to be its, oldest first: all that are good still, or ended no
// longer than [Late] ago. It reads what is new only, so it is cheap to ask.
func (ca *CA) IssuedTo(uri string) ([]Issuance, error) {
	l := ca.listed
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ca.refresh(); err != nil {
		return nil, fmt.Errorf("read issuance log: %w", err)
	}
	return slices.Clone(l.holders[uri]), nil
}

// holds notes an issuance, and forgets what the holder had long before; mu is held.
func (l *lists) holds(i Issuance) {
	l.known[i.Serial] = i.NotAfter
	if i.owner() == "" {
		return
	}
	old := l.holders[i.owner()]
	for len(old) > 0 && i.NotBefore.Sub(old[0].NotAfter) > Late {
		old = old[1:]
	}
	l.holders[i.owner()] = append(old, i)
}

// Issued are the certificates the CA has signed, oldest first.
func (ca *CA) Issued() ([]Issuance, error) {
	var all []Issuance
	if _, err := ca.journal.read(0, func(i Issuance) { all = append(all, i) }); err != nil {
		return nil, fmt.Errorf("read issuance log: %w", err)
	}
	return all, nil
}
