package flow

import (
	"crypto"
	"crypto/x509"
	"time"
)

// A Role is what a certificate's holder is, from its SPIFFE path.
type Role string

// The roles of security.md section 3.1.
const (
	RoleNode      Role = "node"
	RoleDevice    Role = "device"
	RoleCollector Role = "collector"
	RoleStorage   Role = "storage"
	RoleStaff     Role = "staff"
	RolePatient   Role = "patient"
)

// An Identity is what a verified certificate says about its holder. The zero
// value is nobody. Only package pki makes one from a certificate, and only
// after it has verified the chain.
type Identity struct {
	URI      string    `json:"uri"` // the one SPIFFE ID
	Role     Role      `json:"role"`
	Name     string    `json:"name"`             // last part of the SPIFFE path
	EPC      string    `json:"epc,omitempty"`    // 24 hex digits, upper case; devices
	Group    string    `json:"group,omitempty"`  // "site/floor/room/type"; devices and collectors
	Serial   string    `json:"serial,omitempty"` // of the certificate: hex, small letters, at least 32 digits
	Issuer   string    `json:"issuer,omitempty"` // key identifier of the authority that issued it, hex
	Leaf     [32]byte  `json:"-"`                // SHA-256 of the leaf certificate
	NotAfter time.Time `json:"notAfter"`
}

// Known reports whether the identity is somebody.
func (id Identity) Known() bool { return id.URI != "" }

// A Signer is a key with the certificate chain that vouches for it, leaf first.
type Signer struct {
	Key   crypto.Signer
	Chain []*x509.Certificate
	ID    Identity
}
