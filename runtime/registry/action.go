package registry

import (
	ethcrypto "github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
)

// What registrars sign: typed data of EIP-712, hashed as the contracts Signed and
// DeviceRegistry do.

const bindingType = "Binding(bytes32 certificate,bytes32 device,bytes32 x,bytes32 y,bytes32 group,uint64 notAfter)"

var (
	bindingHash = eip712.Hash(bindingType)
	bindHash    = eip712.Hash("Bind(Binding[] bindings,uint64 nonce,uint64 deadline)" + bindingType)
	revokeHash  = eip712.Hash("Revoke(bytes32[] certificates,bytes32[] devices,uint64 nonce,uint64 deadline)")
	readmitHash = eip712.Hash("Readmit(bytes32[] devices,uint64 nonce,uint64 deadline)")
)

// domain is the name of the registry's domain.
const domain = "Wardflow DeviceRegistry"

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
		hashes[i] = eip712.Words(bindingHash[:], b.Certificate[:], b.Device[:], b.X[:], b.Y[:], b.Group[:], eip712.Number(b.NotAfter))
	}
	return eip712.Words(bindHash[:], list(hashes), eip712.Number(nonce), eip712.Number(deadline))
}

func revokeStruct(certificates, devices [][32]byte, nonce, deadline uint64) chain.Hash {
	return eip712.Words(revokeHash[:], list(certificates), list(devices), eip712.Number(nonce), eip712.Number(deadline))
}

func readmitStruct(devices [][32]byte, nonce, deadline uint64) chain.Hash {
	return eip712.Words(readmitHash[:], list(devices), eip712.Number(nonce), eip712.Number(deadline))
}
