package chain

import (
	"bytes"
	"crypto/sha256"
	"math/big"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
)

func TestSignText(t *testing.T) {
	t.Parallel()
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("a text of words")
	sig, err := key.SignText(text)
	if err != nil {
		t.Fatal(err)
	}
	if by, err := TextSignedBy(text, sig); err != nil || by != key.Address() {
		t.Errorf("signed by %s, %v; want %s", by, err, key.Address())
	}
	for i := range sig {
		changed := slices.Clone(sig)
		changed[i] ^= 1
		if by, err := TextSignedBy(text, changed); err == nil {
			t.Errorf("byte %d changed, and %s has signed it", i, by)
		}
	}
	high := slices.Clone(sig) // what holds in other libraries
	s := new(big.Int).Sub(crypto.S256().Params().N, new(big.Int).SetBytes(sig[96:]))
	s.FillBytes(high[96:])
	for name, bad := range map[string][]byte{"nothing": nil, "a byte too many": append(slices.Clone(sig), 0), "zeros": make([]byte, TextSignature), "the higher s": high} {
		if by, err := TextSignedBy(text, bad); err == nil {
			t.Errorf("%s: %s has signed it", name, by)
		}
	}
	if by, err := TextSignedBy([]byte("a text of word"), sig); err == nil {
		t.Errorf("another text: %s has signed it", by)
	}
}

// What passes is what go-ethereum says of the same bytes, for the account that it
// finds by itself.
func FuzzTextSignedBy(f *testing.F) {
	key, err := NewKey()
	if err != nil {
		f.Fatal(err)
	}
	sig, err := key.SignText([]byte("x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("x"), sig)
	f.Add([]byte("x"), bytes.Repeat([]byte{255}, TextSignature))
	f.Fuzz(func(t *testing.T, text, sig []byte) {
		by, err := TextSignedBy(text, sig)
		if err != nil {
			return
		}
		digest := sha256.Sum256(text)
		for v := range byte(2) {
			if pub, err := crypto.SigToPub(digest[:], append(slices.Clone(sig[64:]), v)); err == nil && crypto.PubkeyToAddress(*pub) == by {
				return
			}
		}
		t.Fatalf("%x passes as signed by %s", sig, by)
	})
}
