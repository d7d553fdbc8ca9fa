package eip712

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"io"
	"math/big"
	"testing"

	"github.com/wardflow/wardflow/runtime/chain"
)

// A card signs what it is given; of the two signatures that hold for each one,
// this one gives what it is told to.
type card struct {
	*ecdsa.PrivateKey
	high bool
	give []byte // instead; nil: nothing instead
}

func (c *card) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if c.give != nil {
		return c.give, nil
	}
	der, err := c.PrivateKey.Sign(r, digest, opts)
	if err != nil {
		return nil, err
	}
	var v struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &v); err != nil {
		return nil, err
	}
	if (v.S.Cmp(half) > 0) != c.high {
		v.S.Sub(order, v.S)
	}
	return asn1.Marshal(v)
}

// Whatever half of the signatures a card gives, the contract gets the low one,
// and it holds.
func TestSignIsLow(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		digest := chain.Hash{byte(i)}
		for _, high := range []bool{false, true} {
			s, err := Sign(&card{PrivateKey: key, high: high}, digest)
			if err != nil {
				t.Fatal(err)
			}
			r, v := new(big.Int).SetBytes(s.R[:]), new(big.Int).SetBytes(s.S[:])
			if v.Cmp(half) > 0 || !ecdsa.Verify(&key.PublicKey, digest[:], r, v) {
				t.Errorf("of a card with high s %v: s %v, which holds: %v", high, v, ecdsa.Verify(&key.PublicKey, digest[:], r, v))
			}
			if p, err := Point(key.Public()); err != nil || [64]byte(append(s.X[:], s.Y[:]...)) != p {
				t.Errorf("signed by %x, %x, want %x, %v", s.X, s.Y, p, err)
			}
		}
	}
}

func TestSignRefuses(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	marshal := func(r, s *big.Int) []byte {
		der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	one := big.NewInt(1)
	for name, give := range map[string][]byte{
		"nothing":     {},
		"text":        []byte("signed"),
		"more behind": append(marshal(one, one), 0),
		"r of 0":      marshal(new(big.Int), one),
		"s of 0":      marshal(one, new(big.Int)),
		"s negative":  marshal(one, big.NewInt(-1)),
		"r too large": marshal(order, one),
		"s too large": marshal(one, order),
	} {
		if s, err := Sign(&card{PrivateKey: key, give: give}, chain.Hash{}); err == nil {
			t.Errorf("%s: became %v", name, s)
		}
	}
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sign(other, chain.Hash{}); err == nil {
		t.Error("a key that is not of P-256 signed")
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := KeyAddress(p384.Public()); err == nil {
		t.Error("a key of P-384 has an address")
	}
}
