package chain

import (
	"crypto/sha256"
	"fmt"

	"github.com/ethereum/go-ethereum/crypto"
)

// TextSignature is how many bytes [Key.SignText] gives.
const TextSignature = 128

// SignText signs bytes for those who have no chain at hand: ECDSA over their
// SHA-256, which is ES256K of RFC 8812, so that any library for signatures can
// verify it. No transaction and no typed data is signed so: theirs is Keccak-256.
// The text must begin with words that say what it is, as no other text does.
//
// The answer is the public key, x and y, and the signature, r and s: four numbers
// of 32 bytes, big-endian. Of the two s that would do it is the lower.
func (k *Key) SignText(text []byte) ([]byte, error) {
	digest := sha256.Sum256(text)
	sig, err := crypto.Sign(digest[:], k.ecdsa)
	if err != nil {
		return nil, fmt.Errorf("sign text: %w", err)
	}
	return append(crypto.FromECDSAPub(&k.ecdsa.PublicKey)[1:], sig[:64]...), nil
}

// TextSignedBy is the account that has signed a text, as [Key.SignText] does.
func TextSignedBy(text, sig []byte) (Address, error) {
	if len(sig) != TextSignature {
		return Address{}, fmt.Errorf("a signature of %d bytes: want %d, of the key and of it", len(sig), TextSignature)
	}
	const uncompressed = 4 // SEC 1, section 2.3.3
	public := append([]byte{uncompressed}, sig[:64]...)
	digest := sha256.Sum256(text)
	if !crypto.VerifySignature(public, digest[:], sig[64:]) {
		return Address{}, fmt.Errorf("the key %x… has not signed this text", sig[:4])
	}
	return Address(crypto.Keccak256(public[1:])[12:]), nil
}
