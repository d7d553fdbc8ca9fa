package evidence

import (
	"context"
	"fmt"
	"strings"

	"github.com/wardflow/wardflow/runtime/anchor"
	"github.com/wardflow/wardflow/runtime/chain"
	"github.com/wardflow/wardflow/runtime/proof"
)

// WitnessOf is what somebody can say about a block who follows the chain that an
// anchors' contract is read on, and judges by a manager. A block that is not final
// there, or another one, is an error: he has nothing to say then. Replica is for
// the caller to set.
func WitnessOf(ctx context.Context, c anchor.Contract, manager chain.Address, number uint64, hash chain.Hash) (proof.Witness, error) {
	none := proof.Witness{}
	h, err := c.Chain.Header(ctx, number)
	if err != nil {
		return none, err
	}
	if h.Hash != hash {
		return none, fmt.Errorf("block %d is %s here, not %s", number, h.Hash, hash)
	}
	first, err := c.Chain.Header(ctx, 0)
	if err != nil {
		return none, err
	}
	id, err := c.Chain.ID(ctx)
	if err != nil {
		return none, err
	}
	return proof.Witness{Chain: id, Genesis: first.Hash, Manager: strings.ToLower(manager.Hex()), Anchor: strings.ToLower(c.Address.Hex()),
		Number: number, Hash: hash}, nil
}
