package chain

import (
	"fmt"

	"github.com/ethereum/go-ethereum/crypto"
)

// Sign signs a digest that is no transaction's, such as that of typed data
// (EIP-712): 65 bytes, r, s and v, which is 27 or 28 as contracts want it.
func (k *Key) Sign(digest Hash) ([]byte, error) {
	sig, err := crypto.Sign(digest[:], k.ecdsa)
	if err != nil {
		return nil, fmt.Errorf("sign digest: %w", err)
	}
	sig[64] += 27
	return sig, nil
}

// SignedBy is the account that has signed a digest, as [Key.Sign] does.
func SignedBy(digest Hash, sig []byte) (Address, error) {
	if len(sig) != 65 || sig[64] != 27 && sig[64] != 28 {
		return Address{}, fmt.Errorf("a signature of %d bytes: want r, s and v", len(sig))
	}
	plain := append([]byte(nil), sig...)
	plain[64] -= 27
	pub, err := crypto.SigToPub(digest[:], plain)
	if err != nil {
		return Address{}, fmt.Errorf("read signature: %w", err)
	}
	return crypto.PubkeyToAddress(*pub), nil
}
