package anchor

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/wardflow/wardflow/runtime/chain"
)

// logsPage is how many accounts one call gives.
const logsPage = 500

// Logs are the accounts of all logs that were ever anchored, in the order in
// which they were first.
func (c Contract) Logs(ctx context.Context) (all []chain.Address, err error) {
	head, err := c.Chain.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the logs that are anchored: %w", err)
	}
	for {
		out, err := c.Chain.Call(ctx, head.Hash, c.Address, binding().PackLogs(big.NewInt(int64(len(all))), big.NewInt(logsPage)))
		if err != nil {
			return nil, fmt.Errorf("list the logs that are anchored: %w", err)
		}
		page, err := binding().UnpackLogs(out)
		if err != nil {
			return nil, fmt.Errorf("list the logs that are anchored: %w", errors.Join(chain.ErrNoContract, err))
		}
		if all = append(all, page...); len(page) < logsPage {
			return all, nil
		}
	}
}
