package pki

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"time"

	"github.com/youmark/pkcs8"
)

// Sign lets a test make a certificate that no CA of ours would.
func (ca *CA) Sign(tmpl *x509.Certificate, key crypto.PublicKey) (*x509.Certificate, error) {
	return ca.sign(tmpl, ca.Cert, key)
}

// Key lets a test sign what a CA would not.
func (ca *CA) Key() crypto.Signer { return ca.key }

// SerialText writes a serial number as certificates' are written.
var SerialText = serialText

// Template is what Issue would sign, to be spoilt.
func (ca *CA) Template(req Request, now time.Time) (*x509.Certificate, error) {
	return ca.template(req, now)
}

// SubCA makes an authority below any other, whatever that one allows.
func (ca *CA) SubCA(tmpl *x509.Certificate, now time.Time) (*CA, error) {
	return newCA(tmpl, ca, nil, now)
}

// Remember sets how many identities the verifier remembers.
func (v *Verifier) Remember(n int) { v.checked.max = n }

// Remembered is how many it remembers now.
func (v *Verifier) Remembered() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.checked.order.Len()
}

var (
	EncodeEPC, EncodeGroup, EncodeRule = encodeEPC, encodeGroup, encodeRule
	DecodeEPC, DecodeGroup, DecodeRule = decodeEPC, decodeGroup, decodeRule
	OIDEPC, OIDGroup, OIDRule          = oidEPC, oidGroup, oidRule
)

// Plain is the EPC with the filter of certificates.
func (e EPC) Plain() EPC { return e.plain() }

// CheapSeal makes sealing a fifth as dear until the function it returns is
// called.
func CheapSeal() (restore func()) {
	dear := sealing.KDFOpts
	sealing.KDFOpts = pkcs8.ScryptOpts{SaltSize: 16, CostParameter: 1 << 14, BlockSize: 8, ParallelizationParameter: 1}
	return func() { sealing.KDFOpts = dear }
}

// Pretend logs an issuance without the cost of signing it, and gives its serial
// number.
func (ca *CA) Pretend(req Request, now time.Time) string {
	var b [16]byte
	rand.Read(b[:])
	serial := hex.EncodeToString(b[:])
	i := Issuance{Serial: serial, URI: "spiffe://h1.health.example/node/" + req.Name, Role: req.Role, NotBefore: now, NotAfter: now.Add(day)}
	if err := ca.journal.add(i); err != nil {
		panic(err) // in memory
	}
	return serial
}
