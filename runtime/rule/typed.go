package rule

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wardflow/wardflow/contracts/build"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/chain/eip712"
)

// What rule admins sign: typed data of EIP-712, hashed as the contracts Signed
// and Proposals do.

const (
	partType   = "Part(address rule,bytes32 codeHash,bytes32 digest)"
	changeType = "Change(uint8 op,bytes12 device,string group,uint64 base,uint8 mode,Part[] parts,address who,bytes32 role)"
)

var (
	partHash    = eip712.Hash(partType)
	changeHash  = eip712.Hash(changeType + partType)
	proposeHash = eip712.Hash("Propose(address by,Change[] changes,uint64 nonce,uint64 deadline)" + changeType + partType)
	approveHash = eip712.Hash("Approve(bytes32 id,uint64 deadline)")
	cancelHash  = eip712.Hash("Cancel(bytes32 id,uint64 deadline)")
	pauseHash   = eip712.Hash("Pause(uint64 nonce,uint64 deadline)")
)

// managerDomain is the name of the manager's domain.
const managerDomain = "Wardflow RuleManager"

// proposalID is the hash of a proposal's struct, which is its name.
func proposalID(by chain.Address, changes []build.Change, nonce, deadline uint64) chain.Hash {
	return proposalOf(by, changesHash(changes), nonce, deadline)
}

func proposalOf(by chain.Address, changes chain.Hash, nonce, deadline uint64) chain.Hash {
	return eip712.Words(proposeHash[:], by[:], changes[:], eip712.Number(nonce), eip712.Number(deadline))
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
		h := eip712.Words(partHash[:], p.Rule[:], p.CodeHash[:], p.Digest[:])
		parts = append(parts, h[:]...)
	}
	return eip712.Words(changeHash[:], eip712.Number(uint64(c.Op)), common.RightPadBytes(c.Device[:], 32), crypto.Keccak256([]byte(c.Group)),
		eip712.Number(c.Base), eip712.Number(uint64(c.Mode)), crypto.Keccak256(parts), c.Who[:], c.Role[:])
}

func approveStruct(id chain.Hash, deadline uint64) chain.Hash {
	return eip712.Words(approveHash[:], id[:], eip712.Number(deadline))
}

func cancelStruct(id chain.Hash, deadline uint64) chain.Hash {
	return eip712.Words(cancelHash[:], id[:], eip712.Number(deadline))
}

func pauseStruct(nonce, deadline uint64) chain.Hash {
	return eip712.Words(pauseHash[:], eip712.Number(nonce), eip712.Number(deadline))
}
