package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
)

// Head implements [Reader]. An endpoint that falls behind, as another replica
// may that answers in its place, does not take the head back.
func (r *Remote) Head(ctx context.Context) (Head, error) {
	if _, err := r.ID(ctx); err != nil {
		return Head{}, err
	}
	r.mu.Lock()
	before := r.last
	r.mu.Unlock()
	var next *types.Header
	var kept bool // what was final is still there
	var err error
	if number, hash, ok := r.agreed(); ok {
		if hash == before.Hash {
			return before, nil
		}
		next, err = r.headerOfHash(ctx, hash)
		if err == nil {
			err = plausible(next, number)
		}
		kept = true
		if errors.Is(err, ErrNoBlock) && before.Hash != (Hash{}) {
			return before, nil // the endpoint is a moment behind, or its head will grow old
		}
	} else {
		next, kept, err = r.finalized(ctx, before)
	}
	if err != nil {
		return Head{}, fmt.Errorf("finalized block: %w", err)
	}
	if !kept {
		// Is it the same chain at all?
		if _, err := r.identify(ctx); err != nil {
			return Head{}, err
		}
	}
	return r.advance(before, headOf(next), kept), nil
}

func (r *Remote) agreed() (number uint64, hash Hash, ok bool) {
	if r.cfg.Agreed == nil {
		return 0, Hash{}, false
	}
	return r.cfg.Agreed()
}

// advance takes note of a new head. If what was final before has been
// replaced, all that was read of the chain is dropped, here and, as they see
// another Era, by those who read it.
func (r *Remote) advance(before, next Head, kept bool) Head {
	r.mu.Lock()
	defer r.mu.Unlock()
	next.Era = r.last.Era
	switch {
	case r.last != before: // another goroutine was quicker
		return r.last
	case !kept || next.Number == before.Number && next.Hash != before.Hash && before.Hash != (Hash{}):
		next.Era++
		r.recent = nil
	case next.Number < before.Number:
		return before
	}
	r.last = next
	return next
}

// finalized is the newest final block by what the endpoint says, and whether
// the block before is still where it was.
func (r *Remote) finalized(ctx context.Context, before Head) (next *types.Header, kept bool, err error) {
	var final, latest, old *types.Header
	batch := []rpc.BatchElem{
		{Method: "eth_getBlockByNumber", Args: []any{"finalized", false}, Result: &final},
		{Method: "eth_getBlockByNumber", Args: []any{"latest", false}, Result: &latest},
		{Method: "eth_getBlockByNumber", Args: []any{hexutil.Uint64(before.Number), false}, Result: &old},
	}
	if before.Hash == (Hash{}) {
		batch = batch[:2]
	}
	if err := r.eth.Client().BatchCallContext(ctx, batch); err != nil {
		return nil, false, explained(err)
	}
	next, err = r.chosen(ctx, batch[0].Error, final, latest)
	if err != nil {
		return nil, false, err
	}
	if !next.Number.IsUint64() || next.Time > maxTime {
		return nil, false, fmt.Errorf("the endpoint gave block %v of second %d", next.Number, next.Time)
	}
	if len(batch) < 3 || next.Number.Uint64() < before.Number {
		return next, true, nil
	}
	if batch[2].Error != nil || old == nil {
		return nil, false, fmt.Errorf("block %d: %w", before.Number, errors.Join(explained(batch[2].Error), ErrNoBlock))
	}
	return next, old.Hash() == before.Hash, nil
}

// chosen is the finalized block; on a chain that has none ever, the newest one
// that enough sealers have built on.
func (r *Remote) chosen(ctx context.Context, noTag error, final, latest *types.Header) (*types.Header, error) {
	r.mu.Lock()
	if final != nil {
		r.tagged = true
	}
	tagged := r.tagged
	r.mu.Unlock()
	if final != nil {
		return final, nil
	}
	if tagged || latest == nil {
		return nil, errors.Join(explained(noTag), ErrNoBlock)
	}
	sealers, err := r.sealers(ctx)
	if err != nil {
		return nil, err
	}
	depth := uint64(sealers/2 + 1)
	if !latest.Number.IsUint64() || latest.Number.Uint64() <= depth {
		return r.headerAt(ctx, 0)
	}
	return r.headerAt(ctx, latest.Number.Uint64()-depth)
}

func (r *Remote) sealers(ctx context.Context) (int, error) {
	if r.cfg.Sealers > 0 {
		return r.cfg.Sealers, nil
	}
	var all []Address
	if err := r.eth.Client().CallContext(ctx, &all, "clique_getSigners"); err != nil || len(all) == 0 {
		return 0, errors.New("the chain has no finalized block and does not tell its sealers: say how many they are")
	}
	return len(all), nil
}

// headerAt is the header of the block with a number, as the endpoint sees it.
func (r *Remote) headerAt(ctx context.Context, number uint64) (*types.Header, error) {
	h, err := r.eth.HeaderByNumber(ctx, new(big.Int).SetUint64(number))
	if errors.Is(err, ethereum.NotFound) {
		return nil, fmt.Errorf("block %d: %w", number, ErrNoBlock)
	}
	if err != nil {
		return nil, fmt.Errorf("block %d: %w", number, explained(err))
	}
	return h, plausible(h, number)
}

// headerOfHash is the header with a hash, whoever gives it.
func (r *Remote) headerOfHash(ctx context.Context, hash Hash) (*types.Header, error) {
	h, err := r.eth.HeaderByHash(ctx, hash)
	if errors.Is(err, ethereum.NotFound) {
		return nil, fmt.Errorf("block %s: %w", hash, ErrNoBlock)
	}
	if err != nil {
		return nil, fmt.Errorf("block %s: %w", hash, explained(err))
	}
	return h, sameHash(h, hash)
}

// sameHash reports a header that is not the one with the hash.
func sameHash(h *types.Header, hash Hash) error {
	if is := h.Hash(); is != hash {
		return fmt.Errorf("block %s: %w: the header's hash is %s (a lie, or a kind of header that this version does not know)", hash, ErrUnproved, is)
	}
	if !h.Number.IsUint64() || h.Time > maxTime {
		return fmt.Errorf("block %s: number %v, second %d", hash, h.Number, h.Time)
	}
	return nil
}
