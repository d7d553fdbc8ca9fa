package chain

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/core/state"
)

// State implements [Reader].
func (e *Embedded) State(ctx context.Context, at Hash) (State, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("state after block %s: %w", at, err)
	}
	bc := e.eth.BlockChain()
	header := bc.GetHeaderByHash(at)
	if header == nil {
		return nil, fmt.Errorf("state after block %s: %w", at, ErrNoBlock)
	}
	v, err := newView(header, bc.Config(), bc, func() (*state.StateDB, error) {
		return bc.StateAt(header.Root, header.Number, header.Time)
	})
	if err != nil {
		return nil, fmt.Errorf("state after block %v: %w", header.Number, err)
	}
	return v, nil
}
