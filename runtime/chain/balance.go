package chain

import (
	"context"
	"fmt"
	"math/big"
)

// Balance is how many wei an account has after the newest block, for a [Payer]:
// without any it can't pay.
func (c *client) Balance(ctx context.Context, account Address) (*big.Int, error) {
	b, err := c.eth.BalanceAt(ctx, account, nil)
	if err != nil {
		return nil, fmt.Errorf("balance of %s: %w", account, explained(err))
	}
	return b, nil
}

// Balance is that of the copy.
func (r *Replica) Balance(ctx context.Context, account Address) (*big.Int, error) {
	return with(r, func(e *Embedded) (*big.Int, error) { return e.Balance(ctx, account) })
}
