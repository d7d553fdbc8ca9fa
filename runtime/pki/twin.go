package pki

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"
)

// Whoever has a certificate with an ECDSA signature (r, s) can make another one
// that says the same and verifies too: (r, n−s) is as good a signature, and the
// bit string around it may be padded. Its hash is another one, so a revoked
// holder could come back as his own twin. Therefore a leaf is revoked when any
// of its forms is.

// forms are the SHA-256 of a leaf as an authority could have written it: with
// its signature's s and with n−s. Other kinds of signature have one form.
func forms(leaf, issuer *x509.Certificate) ([2][32]byte, error) {
	all := [2][32]byte{}
	signatures := [2][]byte{leaf.Signature, leaf.Signature}
	if key, ok := issuer.PublicKey.(*ecdsa.PublicKey); ok {
		var pair struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(leaf.Signature, &pair); err != nil {
			return all, fmt.Errorf("read the signature: %w", err)
		}
		pair.S.Sub(key.Params().N, pair.S)
		var err error
		if signatures[1], err = asn1.Marshal(pair); err != nil {
			return all, fmt.Errorf("write the signature: %w", err)
		}
	}
	var cert struct {
		TBS, Algorithm asn1.RawValue
		Signature      asn1.BitString
	}
	if _, err := asn1.Unmarshal(leaf.Raw, &cert); err != nil {
		return all, fmt.Errorf("read the certificate: %w", err)
	}
	for i, s := range signatures {
		cert.Signature = asn1.BitString{Bytes: s, BitLength: 8 * len(s)}
		der, err := asn1.Marshal(cert)
		if err != nil {
			return all, fmt.Errorf("write the certificate: %w", err)
		}
		all[i] = sha256.Sum256(der)
	}
	return all, nil
}

// twins remember the forms of each leaf that was ever good, until it ends.
type twins struct {
	of    map[[32]byte]twin
	purge int // size at which to look for those that have ended
}

type twin struct {
	forms [2][32]byte
	until time.Time
}

func (t *twins) put(sum [32]byte, w twin, now time.Time) {
	if t.of == nil {
		t.of = make(map[[32]byte]twin)
	}
	t.of[sum] = w
	if len(t.of) <= max(t.purge, cacheSize) {
		return
	}
	for sum, w := range t.of {
		if now.After(w.until) {
			delete(t.of, sum)
		}
	}
	t.purge = 2 * len(t.of)
}
