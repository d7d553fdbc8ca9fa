package rule

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

	"github.com/wardflow/wardflow/runtime/chain"
)

// Rule admins sign with the P-256 key of their certificate. The key may be on a
// card: all that is asked of it is to sign 32 bytes. The contract holds keys by
// their addresses, formed as those of accounts are.

// A Signature is what the contract takes for an admin's word: the key that
// signed, and ECDSA's two numbers, each in 32 bytes, big-endian. S is at most
// half of the curve's order, as the contract takes no other.
type Signature struct {
	X, Y [32]byte
	R, S [32]byte
}

// Key is the address of the key that signed.
func (s *Signature) Key() chain.Address { return addressOf(s.X, s.Y) }

var (
	order = elliptic.P256().Params().N
	half  = new(big.Int).Rsh(order, 1)
)

// KeyAddress is how the contract names a P-256 key: the last 20 bytes of
// Keccak-256 of its point.
func KeyAddress(key crypto.PublicKey) (chain.Address, error) {
	x, y, err := point(key)
	if err != nil {
		return chain.Address{}, err
	}
	return addressOf(x, y), nil
}

func addressOf(x, y [32]byte) chain.Address {
	return chain.Address(ethcrypto.Keccak256(x[:], y[:])[12:])
}

// point is where on P-256 a public key lies.
func point(key crypto.PublicKey) (x, y [32]byte, err error) {
	k, ok := key.(*ecdsa.PublicKey)
	if !ok || k.Curve != elliptic.P256() {
		return x, y, fmt.Errorf("a %T of another curve: rules are changed with the P-256 key of a certificate", key)
	}
	b, err := k.Bytes() // 4, x, y
	if err != nil {
		return x, y, err
	}
	copy(x[:], b[1:33])
	copy(y[:], b[33:])
	return x, y, nil
}

// sign signs a digest so that the contract takes it.
func sign(by crypto.Signer, digest chain.Hash) (s Signature, err error) {
	if s.X, s.Y, err = point(by.Public()); err != nil {
		return s, err
	}
	der, err := by.Sign(rand.Reader, digest[:], crypto.SHA256) // 32 bytes, whatever hash made them
	if err != nil {
		return s, fmt.Errorf("sign: %w", err)
	}
	r, t := new(big.Int), new(big.Int)
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, asn1.SEQUENCE) || !in.Empty() || !seq.ReadASN1Integer(r) || !seq.ReadASN1Integer(t) || !seq.Empty() {
		return s, errors.New("sign: the key gave what is no ECDSA signature")
	}
	if r.Sign() <= 0 || t.Sign() <= 0 || r.Cmp(order) >= 0 || t.Cmp(order) >= 0 {
		return s, errors.New("sign: the key gave a signature outside of the curve's order")
	}
	if t.Cmp(half) > 0 { // as good a signature, and the only one that the contract takes
		t.Sub(order, t)
	}
	r.FillBytes(s.R[:])
	t.FillBytes(s.S[:])
	return s, nil
}
