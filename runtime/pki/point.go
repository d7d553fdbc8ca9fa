package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
)

// pointOf is where on P-256 a public key lies, x and y in hex; "" for a key of
// another kind.
func pointOf(key crypto.PublicKey) string {
	k, ok := key.(*ecdsa.PublicKey)
	if !ok || k.Curve != elliptic.P256() {
		return ""
	}
	b, err := k.Bytes() // 4, x, y
	if err != nil {
		return ""
	}
	return hex.EncodeToString(b[1:])
}

// Signer is the CA's key, for what it has to say that is no certificate and no
// list: what it writes into the registry of devices on a chain. It may be in a
// token, or sealed and sign nothing.
func (ca *CA) Signer() crypto.Signer { return ca.key }
