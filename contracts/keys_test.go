package contracts_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"github.com/wardflow/wardflow/contracts/build"
)

// A person acts with the P-256 key of a certificate.
type person struct {
	t   testing.TB
	key *ecdsa.PrivateKey
}

func newPerson(t testing.TB) *person {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t, k}
}

// point is the public key.
func (p *person) point() (x, y [32]byte) {
	raw, err := p.key.PublicKey.Bytes() // 4 ‖ x ‖ y
	if err != nil {
		p.t.Fatal(err)
	}
	return [32]byte(raw[1:33]), [32]byte(raw[33:])
}

// address is the key address: the end of keccak256(x ‖ y).
func (p *person) address() common.Address {
	x, y := p.point()
	return common.BytesToAddress(crypto.Keccak256(x[:], y[:])[12:])
}

var order = elliptic.P256().Params().N

// sign signs a digest with the smaller of the two possible s.
func (p *person) sign(digest []byte) build.Signature {
	p.t.Helper()
	r, s, err := ecdsa.Sign(rand.Reader, p.key, digest)
	if err != nil {
		p.t.Fatal(err)
	}
	if s.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		s.Sub(order, s)
	}
	var sig build.Signature
	sig.X, sig.Y = p.point()
	r.FillBytes(sig.R[:])
	s.FillBytes(sig.S[:])
	return sig
}

// typed is the digest of an EIP-712 action as go-ethereum's own implementation
// makes it: it and the contract must agree. Message is keyed by field.
func typed(t testing.TB, contract string, at common.Address, action string, message map[string]any) []byte {
	t.Helper()
	digest, _, err := apitypes.TypedDataAndHash(apitypes.TypedData{
		Types: types712, PrimaryType: action, Message: message,
		Domain: apitypes.TypedDataDomain{Name: "Wardflow " + contract, Version: "1", ChainId: math.NewHexOrDecimal256(7), VerifyingContract: at.Hex()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

func fields(pairs ...string) (list []apitypes.Type) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, apitypes.Type{Type: pairs[i], Name: pairs[i+1]})
	}
	return list
}

var types712 = apitypes.Types{
	"EIP712Domain": fields("string", "name", "string", "version", "uint256", "chainId", "address", "verifyingContract"),
	"Part":         fields("address", "rule", "bytes32", "codeHash", "bytes32", "digest"),
	"Change": fields("uint8", "op", "bytes12", "device", "string", "group", "uint64", "base", "uint8", "mode",
		"Part[]", "parts", "address", "who", "bytes32", "role"),
	"Propose": fields("address", "by", "Change[]", "changes", "uint64", "nonce", "uint64", "deadline"),
	"Approve": fields("bytes32", "id", "uint64", "deadline"),
	"Cancel":  fields("bytes32", "id", "uint64", "deadline"),
	"Pause":   fields("uint64", "nonce", "uint64", "deadline"),
	"Head":    fields("address", "log", "uint64", "from", "uint64", "to", "bytes32", "root", "uint64", "epoch", "uint64", "madeAt"),
	"Binding": fields("bytes32", "certificate", "bytes32", "device", "bytes32", "x", "bytes32", "y", "bytes32", "group", "uint64", "notAfter"),
	"Bind":    fields("Binding[]", "bindings", "uint64", "nonce", "uint64", "deadline"),
	"Revoke":  fields("bytes32[]", "certificates", "bytes32[]", "devices", "uint64", "nonce", "uint64", "deadline"),
	"Readmit": fields("bytes32[]", "devices", "uint64", "nonce", "uint64", "deadline"),
}

func number(n uint64) *math.HexOrDecimal256 {
	return (*math.HexOrDecimal256)(new(big.Int).SetUint64(n))
}

func changesOf(changes []build.Change) (list []any) {
	for _, c := range changes {
		parts := []any{}
		for _, p := range c.Parts {
			parts = append(parts, map[string]any{"rule": p.Rule.Hex(), "codeHash": p.CodeHash[:], "digest": p.Digest[:]})
		}
		list = append(list, map[string]any{"op": number(uint64(c.Op)), "device": c.Device[:], "group": c.Group, "base": number(c.Base),
			"mode": number(uint64(c.Mode)), "parts": parts, "who": c.Who.Hex(), "role": c.Role[:]})
	}
	return list
}
