package eip712

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	ethcrypto "github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// KeyAddress is how contracts name a P-256 key: the last 20 bytes of Keccak-256 of
// its point.
func KeyAddress(key crypto.PublicKey) (chain.Address, error) {
	p, err := Point(key)
	if err != nil {
		return chain.Address{}, err
	}
	return chain.Address(ethcrypto.Keccak256(p[:])[12:]), nil
}

// Point is where on P-256 a public key lies: x and y, big-endian.
func Point(key crypto.PublicKey) (p [64]byte, err error) {
	k, ok := key.(*ecdsa.PublicKey)
	if !ok || k.Curve != elliptic.P256() {
		return p, fmt.Errorf("a %T of another curve: contracts verify the P-256 keys of certificates", key)
	}
	b, err := k.Bytes() // 4, x, y
	if err != nil {
		return p, err
	}
	copy(p[:], b[1:])
	return p, nil
}

var (
	order = elliptic.P256().Params().N
	half  = new(big.Int).Rsh(order, 1)
)

// Sign signs a digest so that contracts take it: s is at most half of the curve's
// order, as they take no other.
func Sign(by crypto.Signer, digest chain.Hash) (sig build.Signature, err error) {
	p, err := Point(by.Public())
	if err != nil {
		return sig, err
	}
	copy(sig.X[:], p[:32])
	copy(sig.Y[:], p[32:])
	der, err := by.Sign(rand.Reader, digest[:], crypto.SHA256) // 32 bytes, whatever hash made them
	if err != nil {
		return sig, fmt.Errorf("sign: %w", err)
	}
	r, s := new(big.Int), new(big.Int)
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, asn1.SEQUENCE) || !in.Empty() || !seq.ReadASN1Integer(r) || !seq.ReadASN1Integer(s) || !seq.Empty() {
		return sig, errors.New("sign: the key gave what is no ECDSA signature")
	}
	if r.Sign() <= 0 || s.Sign() <= 0 || r.Cmp(order) >= 0 || s.Cmp(order) >= 0 {
		return sig, errors.New("sign: the key gave a signature outside of the curve's order")
	}
	if s.Cmp(half) > 0 {
		s.Sub(order, s)
	}
	r.FillBytes(sig.R[:])
	s.FillBytes(sig.S[:])
	return sig, nil
}
