package registry

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	ethcrypto "github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// What registrars sign: typed data of EIP-712, hashed as the contracts Signed and
// DeviceRegistry do.

const bindingType = "Binding(bytes32 certificate,bytes32 device,bytes32 x,bytes32 y,bytes32 group,uint64 notAfter)"

var (
	bindingHash = typeHash(bindingType)
	bindHash    = typeHash("Bind(Binding[] bindings,uint64 nonce,uint64 deadline)" + bindingType)
	revokeHash  = typeHash("Revoke(bytes32[] certificates,bytes32[] devices,uint64 nonce,uint64 deadline)")
	readmitHash = typeHash("Readmit(bytes32[] devices,uint64 nonce,uint64 deadline)")

	domainHash    = typeHash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
	domainName    = typeHash("Wardflow DeviceRegistry")
	domainVersion = typeHash("1")
)

func typeHash(s string) chain.Hash { return ethcrypto.Keccak256Hash([]byte(s)) }

// typed is the digest to sign for a struct that has been hashed, at one registry
// on one chain.
func typed(chainID uint64, at chain.Address, structHash chain.Hash) chain.Hash {
	domain := words(domainHash[:], domainName[:], domainVersion[:], number(chainID), at[:])
	return ethcrypto.Keccak256Hash([]byte("\x19\x01"), domain[:], structHash[:])
}

// words hashes 32-byte words; what is shorter has zeros before it.
func words(all ...[]byte) chain.Hash {
	buf := make([]byte, 0, 32*len(all))
	for _, w := range all {
		buf = append(buf, common.LeftPadBytes(w, 32)...)
	}
	return ethcrypto.Keccak256Hash(buf)
}

func number(n uint64) []byte { return new(big.Int).SetUint64(n).Bytes() }

// list hashes an array of words.
func list(all [][32]byte) []byte {
	var buf []byte
	for _, w := range all {
		buf = append(buf, w[:]...)
	}
	return ethcrypto.Keccak256(buf)
}

func bindStruct(bindings []build.Binding, nonce, deadline uint64) chain.Hash {
	hashes := make([][32]byte, len(bindings))
	for i, b := range bindings {
		hashes[i] = words(bindingHash[:], b.Certificate[:], b.Device[:], b.X[:], b.Y[:], b.Group[:], number(b.NotAfter))
	}
	return words(bindHash[:], list(hashes), number(nonce), number(deadline))
}

func revokeStruct(certificates, devices [][32]byte, nonce, deadline uint64) chain.Hash {
	return words(revokeHash[:], list(certificates), list(devices), number(nonce), number(deadline))
}

func readmitStruct(devices [][32]byte, nonce, deadline uint64) chain.Hash {
	return words(readmitHash[:], list(devices), number(nonce), number(deadline))
}

// KeyAddress is how the contracts name a P-256 key: the last 20 bytes of
// Keccak-256 of its point.
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
		return p, fmt.Errorf("a %T of another curve: contracts verify P-256 only", key)
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

// sign signs a digest so that the contract takes it: s is at most half of the
// curve's order. The key may be in a token: all that is asked of it is to sign 32
// bytes.
func sign(by crypto.Signer, digest chain.Hash) (sig build.Signature, err error) {
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
	if !in.ReadASN1(&seq, asn1.SEQUENCE) || !in.Empty() || !seq.ReadASN1Integer(r) || !seq.ReadASN1Integer(s) || !seq.Empty() ||
		r.Sign() <= 0 || s.Sign() <= 0 || r.Cmp(order) >= 0 || s.Cmp(order) >= 0 {
		return sig, errors.New("sign: the key gave what is no ECDSA signature of P-256")
	}
	if s.Cmp(half) > 0 {
		s.Sub(order, s)
	}
	r.FillBytes(sig.R[:])
	s.FillBytes(sig.S[:])
	return sig, nil
}
