package chain

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// config is by which rules a block's state is to be computed with. A header
// shows them, as nearly every fork added a field to it; only Osaka did not, so
// that is asked for.
func (r *Remote) config(ctx context.Context, h *types.Header) (*params.ChainConfig, error) {
	id, err := r.ID(ctx)
	if err != nil {
		return nil, err
	}
	zero, first := uint64(0), big.NewInt(0)
	c := &params.ChainConfig{
		ChainID:        new(big.Int).SetUint64(id),
		HomesteadBlock: first, EIP150Block: first, EIP155Block: first, EIP158Block: first,
		ByzantiumBlock: first, ConstantinopleBlock: first, PetersburgBlock: first, IstanbulBlock: first,
		MuirGlacierBlock: first, BerlinBlock: first,
		BlobScheduleConfig: params.DefaultBlobSchedule,
	}
	if h.BaseFee != nil {
		c.LondonBlock, c.ArrowGlacierBlock, c.GrayGlacierBlock = first, first, first
	}
	if h.Difficulty.Sign() == 0 {
		c.TerminalTotalDifficulty, c.MergeNetsplitBlock = first, first
	}
	if h.WithdrawalsHash != nil {
		c.ShanghaiTime = &zero
	}
	if h.ExcessBlobGas != nil {
		c.CancunTime = &zero
	}
	if h.RequestsHash != nil {
		c.PragueTime = &zero
		osaka, err := r.hasOsaka(ctx, h)
		if err != nil {
			return nil, err
		}
		if osaka {
			c.OsakaTime = &zero
		}
	}
	return c, nil
}

// A signature by P-256 that is right: of the hash of nothing, by a key made for
// this. The precompile that Osaka brought (EIP-7951) says so; without it the
// address is empty and says nothing.
var osakaProbe = common.FromHex("" +
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" + // hash
	"17cab3a22359179339f5dd241db848038063d8b77694e5bd62231d83cb80a5ee" + // r
	"1bb00963aa47551ef29b43780487f5271d9b53c0fe56afa779b0a1049ea9b954" + // s
	"b28302289b0c764e65e7edeae46a0eb3e717039bd700a21c996da5967320e2aa" + // x
	"50c4316f3ba07cdbc816fc26fc2d620a815f7463341988b8a81c85c2f3f2f9e3") // y

func (r *Remote) hasOsaka(ctx context.Context, h *types.Header) (bool, error) {
	r.mu.Lock()
	known := r.osaka
	r.mu.Unlock()
	if known {
		return true, nil
	}
	at := common.BytesToAddress([]byte{0x01, 0x00})
	out, err := r.eth.CallContractAtHash(ctx, ethereum.CallMsg{To: &at, Data: osakaProbe}, h.Hash())
	if err != nil {
		return false, fmt.Errorf("ask for the P-256 precompile: %w", explained(err))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.osaka = len(out) == 32 && out[31] == 1
	return r.osaka, nil
}

// ancestors gives the EVM the headers before a block, each by its hash.
type ancestors struct {
	core.ChainContext // none: whatever else is asked for is a bug
	r                 *Remote
	config            *params.ChainConfig
	failed            error // a header could not be had
}

var _ consensus.ChainHeaderReader = (*ancestors)(nil)

// Config implements consensus.ChainHeaderReader.
func (a *ancestors) Config() *params.ChainConfig { return a.config }

// GetHeader implements consensus.ChainHeaderReader; nil: it can't be had.
func (a *ancestors) GetHeader(hash Hash, number uint64) *types.Header {
	ctx, cancel := context.WithTimeout(context.Background(), a.r.cfg.Timeout)
	defer cancel()
	h, err := a.r.headerOfHash(ctx, hash)
	if err == nil {
		err = plausible(h, number)
	}
	if err != nil {
		a.failed = err
		return nil
	}
	return h
}
