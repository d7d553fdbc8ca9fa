package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/core/types"
)

// logsPage is how many blocks one request for logs covers.
const logsPage = 2000

// A Log is what a contract noted down in a transaction: an event.
type Log struct {
	Address Address // of the contract
	Topics  []Hash  // at most 4; the first is the event's, as its ABI says
	Data    []byte

	Block     uint64
	BlockHash Hash
	Tx        Hash
	Index     uint // among the logs of the block, from 0
}

// A Query says which logs are wanted.
type Query struct {
	Address Address
	// Topics[i] are the hashes of which a log's i-th topic must be one; an
	// empty list allows any.
	Topics [][]Hash
	From   uint64 // block
	To     uint64 // block, included; 0 or one that is not final yet: the last final one
}

// Logs implements [Reader].
func (c *client) Logs(ctx context.Context, q Query) ([]Log, error) {
	head, err := c.finalHead(ctx)
	if err != nil {
		return nil, fmt.Errorf("logs: %w", err)
	}
	last := head.Number
	if q.To != 0 {
		last = min(last, q.To)
	}
	var logs []Log
	for from := q.From; from <= last; from += logsPage {
		to := min(from+logsPage-1, last)
		page, err := c.eth.FilterLogs(ctx, ethereum.FilterQuery{
			FromBlock: new(big.Int).SetUint64(from), ToBlock: new(big.Int).SetUint64(to),
			Addresses: []Address{q.Address}, Topics: q.Topics,
		})
		if err != nil {
			return nil, fmt.Errorf("logs of blocks %d to %d: %w", from, to, explained(err))
		}
		for i := range page {
			if err := asked(&page[i], q, from, to); err != nil {
				return nil, err
			}
			logs = append(logs, logOf(&page[i]))
		}
	}
	return logs, nil
}

func logOf(l *types.Log) Log {
	return Log{Address: l.Address, Topics: l.Topics, Data: l.Data,
		Block: l.BlockNumber, BlockHash: l.BlockHash, Tx: l.TxHash, Index: l.Index}
}

// asked reports a log that the query did not ask for.
func asked(l *types.Log, q Query, from, to uint64) error {
	if l.Address != q.Address || l.BlockNumber < from || l.BlockNumber > to || l.Removed {
		return fmt.Errorf("logs of blocks %d to %d: the endpoint gave one of %s in block %d", from, to, l.Address, l.BlockNumber)
	}
	if len(l.Topics) > 4 || len(l.Topics) < len(q.Topics) {
		return errors.New("logs: the endpoint gave one with too few or too many topics")
	}
	return nil
}
