package eip712

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/runtime/chain"
)

var (
	domainHash    = Hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
	domainVersion = Hash("1")
)

// Hash is Keccak-256 of a text, such as that of a type.
func Hash(text string) chain.Hash { return crypto.Keccak256Hash([]byte(text)) }

// Digest is what is signed for a struct that has been hashed: at one contract, of
// the domain name and version 1, on one chain.
func Digest(name string, chainID uint64, contract chain.Address, structHash chain.Hash) chain.Hash {
	named := Hash(name)
	domain := Words(domainHash[:], named[:], domainVersion[:], Number(chainID), contract[:])
	return crypto.Keccak256Hash([]byte("\x19\x01"), domain[:], structHash[:])
}

// Words hashes words of 32 bytes; what is shorter has zeros before it.
func Words(all ...[]byte) chain.Hash {
	buf := make([]byte, 0, 32*len(all))
	for _, w := range all {
		buf = append(buf, common.LeftPadBytes(w, 32)...)
	}
	return crypto.Keccak256Hash(buf)
}

// Number is a number as [Words] takes it.
func Number(n uint64) []byte { return new(big.Int).SetUint64(n).Bytes() }
