package rule

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
)

// What rule admins sign: typed data of EIP-712, hashed as the contracts Signed
// and Proposals do.

const (
	partType   = "Part(address rule,bytes32 codeHash,bytes32 digest)"
	changeType = "Change(uint8 op,bytes12 device,string group,uint64 base,uint8 mode,Part[] parts,address who,bytes32 role)"
	domainType = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)

var (
	partHash    = typeHash(partType)
	changeHash  = typeHash(changeType + partType)
	proposeHash = typeHash("Propose(address by,Change[] changes,uint64 nonce,uint64 deadline)" + changeType + partType)
	approveHash = typeHash("Approve(bytes32 id,uint64 deadline)")
	cancelHash  = typeHash("Cancel(bytes32 id,uint64 deadline)")
	pauseHash   = typeHash("Pause(uint64 nonce,uint64 deadline)")

	domainName    = typeHash("Wardflow RuleManager")
	domainVersion = typeHash("1")
	domainHash    = typeHash(domainType)
)

func typeHash(s string) chain.Hash { return crypto.Keccak256Hash([]byte(s)) }

// typed is the digest to sign for a struct that has been hashed, at one manager
// on one chain.
func typed(chainID uint64, manager chain.Address, structHash chain.Hash) chain.Hash {
	domain := words(domainHash[:], domainName[:], domainVersion[:], number(chainID), manager[:])
	return crypto.Keccak256Hash([]byte("\x19\x01"), domain[:], structHash[:])
}

// words hashes 32-byte words; what is shorter has zeros before it.
func words(all ...[]byte) chain.Hash {
	buf := make([]byte, 0, 32*len(all))
	for _, w := range all {
		buf = append(buf, common.LeftPadBytes(w, 32)...)
	}
	return crypto.Keccak256Hash(buf)
}

func number(n uint64) []byte { return new(big.Int).SetUint64(n).Bytes() }

// proposalID is the hash of a proposal's struct, which is its name.
func proposalID(by chain.Address, changes []build.Change, nonce, deadline uint64) chain.Hash {
	return proposalOf(by, changesHash(changes), nonce, deadline)
}

func proposalOf(by chain.Address, changes chain.Hash, nonce, deadline uint64) chain.Hash {
	return words(proposeHash[:], by[:], changes[:], number(nonce), number(deadline))
}

func changesHash(changes []build.Change) chain.Hash {
	hashes := make([]byte, 0, 32*len(changes))
	for i := range changes {
		h := hashOfChange(&changes[i])
		hashes = append(hashes, h[:]...)
	}
	return crypto.Keccak256Hash(hashes)
}

func hashOfChange(c *build.Change) chain.Hash {
	parts := make([]byte, 0, 32*len(c.Parts))
	for _, p := range c.Parts {
		h := words(partHash[:], p.Rule[:], p.CodeHash[:], p.Digest[:])
		parts = append(parts, h[:]...)
	}
	return words(changeHash[:], number(uint64(c.Op)), common.RightPadBytes(c.Device[:], 32), crypto.Keccak256([]byte(c.Group)),
		number(c.Base), number(uint64(c.Mode)), crypto.Keccak256(parts), c.Who[:], c.Role[:])
}

func approveStruct(id chain.Hash, deadline uint64) chain.Hash {
	return words(approveHash[:], id[:], number(deadline))
}

func cancelStruct(id chain.Hash, deadline uint64) chain.Hash {
	return words(cancelHash[:], id[:], number(deadline))
}

func pauseStruct(nonce, deadline uint64) chain.Hash {
	return words(pauseHash[:], number(nonce), number(deadline))
}
