package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
)

// client is a chain seen through JSON-RPC: what both implementations share.
type client struct {
	eth   *ethclient.Client
	final func(context.Context) (Head, error) // nil: what the endpoint calls finalized
}

// finalHead is the newest block that is final.
func (c *client) finalHead(ctx context.Context) (Head, error) {
	if c.final != nil {
		return c.final(ctx)
	}
	return c.Head(ctx)
}

// receiptPoll is how often a receipt is asked for while it is waited for.
const receiptPoll = 50 * time.Millisecond

func (c *client) ID(ctx context.Context) (uint64, error) {
	id, err := c.eth.ChainID(ctx)
	if err != nil {
		return 0, fmt.Errorf("chain id: %w", explained(err))
	}
	if !id.IsUint64() {
		return 0, fmt.Errorf("chain id %v: larger than 64 bits", id)
	}
	return id.Uint64(), nil
}

func (c *client) Head(ctx context.Context) (Head, error) {
	h, err := c.eth.HeaderByNumber(ctx, big.NewInt(int64(rpc.FinalizedBlockNumber)))
	if err != nil {
		return Head{}, fmt.Errorf("finalized block: %w", explained(err))
	}
	return headOf(h), nil
}

func headOf(h *types.Header) Head {
	return Head{Number: h.Number.Uint64(), Hash: h.Hash(), Time: time.Unix(int64(h.Time), 0)}
}

func (c *client) Call(ctx context.Context, at Hash, to Address, data []byte) ([]byte, error) {
	out, err := c.eth.CallContractAtHash(ctx, ethereum.CallMsg{To: &to, Data: data}, at)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", to, explained(err))
	}
	return out, nil
}

func (c *client) Nonce(ctx context.Context, account Address) (uint64, error) {
	n, err := c.eth.PendingNonceAt(ctx, account)
	if err != nil {
		return 0, fmt.Errorf("nonce of %s: %w", account, explained(err))
	}
	return n, nil
}

func (c *client) Fee(ctx context.Context) (Fee, error) {
	price, err := c.eth.SuggestGasPrice(ctx)
	if err != nil {
		return Fee{}, fmt.Errorf("gas price: %w", explained(err))
	}
	tip, err := c.eth.SuggestGasTipCap(ctx)
	if err != nil {
		return Fee{}, fmt.Errorf("gas tip: %w", explained(err))
	}
	// Twice the price still holds after six full blocks in a row.
	return Fee{Max: new(big.Int).Add(new(big.Int).Mul(price, big.NewInt(2)), tip), Tip: tip}, nil
}

func (c *client) Gas(ctx context.Context, from Address, to *Address, data []byte) (uint64, error) {
	gas, err := c.eth.EstimateGas(ctx, ethereum.CallMsg{From: from, To: to, Data: data})
	if err != nil {
		return 0, fmt.Errorf("estimate gas: %w", explained(err))
	}
	return gas, nil
}

func (c *client) Send(ctx context.Context, raw []byte) (Hash, error) {
	var tx types.Transaction
	if err := tx.UnmarshalBinary(raw); err != nil {
		return Hash{}, fmt.Errorf("send transaction: %w", err)
	}
	var hash Hash
	if err := c.eth.Client().CallContext(ctx, &hash, "eth_sendRawTransaction", hexutil.Encode(raw)); err != nil {
		return Hash{}, fmt.Errorf("send transaction: %w", explained(err))
	}
	return hash, nil
}

func (c *client) Receipt(ctx context.Context, tx Hash) (Receipt, error) {
	tick := time.NewTicker(receiptPoll)
	defer tick.Stop()
	for {
		r, err := c.eth.TransactionReceipt(ctx, tx)
		switch {
		case err == nil:
			head, err := c.finalHead(ctx)
			if err != nil {
				return Receipt{}, fmt.Errorf("receipt of %s: %w", tx, err)
			}
			if r.BlockNumber.Uint64() <= head.Number {
				return Receipt{Tx: tx, Block: r.BlockNumber.Uint64(), OK: r.Status == types.ReceiptStatusSuccessful,
					Contract: r.ContractAddress, Gas: r.GasUsed}, nil
			}
		case !errors.Is(err, ethereum.NotFound) && !indexing(err):
			return Receipt{}, fmt.Errorf("receipt of %s: %w", tx, explained(err))
		}
		select {
		case <-ctx.Done():
			return Receipt{}, fmt.Errorf("receipt of %s: %w", tx, ctx.Err())
		case <-tick.C:
		}
	}
}

// indexing reports go-ethereum's answer while it still builds its index of
// transactions, just after it was opened.
func indexing(err error) bool {
	var e rpc.Error
	return errors.As(err, &e) && e.Error() == "transaction indexing is in progress"
}

// explained turns a JSON-RPC error that carries a contract's refusal into a
// RevertError, and an HTTP error into the sentence in it. Others stay as they are.
func explained(err error) error {
	if data, ok := ethclient.RevertErrorData(err); ok {
		return &RevertError{Msg: err.Error(), Data: data}
	}
	var http rpc.HTTPError
	if !errors.As(err, &http) {
		return err
	}
	var problem struct{ Detail, Hint string } // RFC 9457, as a node's control API answers
	if json.Unmarshal(http.Body, &problem) != nil || problem.Detail == "" {
		return err
	}
	if problem.Hint != "" {
		problem.Hint = ": " + problem.Hint
	}
	return fmt.Errorf("%s: %s%s", http.Status, problem.Detail, problem.Hint)
}
