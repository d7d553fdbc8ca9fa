package chain

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/core/types"
)

// Transact signs a call of the contract at to, or with a nil to the creation
// of one, sends it and waits for its receipt. A transaction that would revert
// is not sent: the error is then a [*RevertError].
func Transact(ctx context.Context, c Chain, key *Key, to *Address, data []byte) (Receipt, error) {
	id, err := c.ID(ctx)
	if err != nil {
		return Receipt{}, fmt.Errorf("transact: %w", err)
	}
	gas, err := c.Gas(ctx, key.Address(), to, data)
	if err != nil {
		return Receipt{}, fmt.Errorf("transact: %w", err)
	}
	fee, err := c.Fee(ctx)
	if err != nil {
		return Receipt{}, fmt.Errorf("transact: %w", err)
	}
	nonce, err := c.Nonce(ctx, key.Address())
	if err != nil {
		return Receipt{}, fmt.Errorf("transact: %w", err)
	}
	chainID := new(big.Int).SetUint64(id)
	tx, err := types.SignNewTx(key.ecdsa, types.LatestSignerForChainID(chainID), &types.DynamicFeeTx{
		ChainID: chainID, Nonce: nonce, GasTipCap: fee.Tip, GasFeeCap: fee.Max,
		Gas: gas + gas/4, // the state may change before it runs
		To:  to, Data: data,
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("transact: sign: %w", err)
	}
	raw, err := tx.MarshalBinary()
	if err != nil {
		return Receipt{}, fmt.Errorf("transact: %w", err)
	}
	hash, err := c.Send(ctx, raw)
	if err != nil {
		return Receipt{}, fmt.Errorf("transact: %w", err)
	}
	r, err := c.Receipt(ctx, hash)
	if err != nil {
		return Receipt{}, fmt.Errorf("transact: %w", err)
	}
	if !r.OK {
		return r, fmt.Errorf("transact: %w", &RevertError{Msg: fmt.Sprintf("transaction %s reverted in block %d", hash, r.Block)})
	}
	return r, nil
}
