package chain

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// A provenReader gives go-ethereum's EVM a state that is known in part. It
// serves one view, and so one call at a time.
type provenReader struct {
	r      *Remote
	proven *proven
	ctx    context.Context // of the call under way; nil: nothing may be fetched
	missed bool            // something was not known
}

// begin starts a call that may fetch until ctx ends.
func (r *provenReader) begin(ctx context.Context) { r.ctx, r.missed = ctx, false }

// beginOffline starts a call that is to do with what is known.
func (r *provenReader) beginOffline() { r.ctx, r.missed = nil, false }

var errMissing = errors.New("not fetched yet")

func (r *provenReader) fetch(w want) error {
	if r.ctx == nil {
		r.missed = true
		return errMissing
	}
	return r.proven.fetch(r.ctx, r.r.eth.Client(), []want{w})
}

// Account implements go-ethereum's state.StateReader.
func (r *provenReader) Account(a Address) (*types.StateAccount, error) {
	acc, ok := r.proven.account(a)
	if !ok {
		if err := r.fetch(want{address: a}); err != nil {
			return nil, err
		}
		acc, _ = r.proven.account(a)
	}
	if acc.state == nil {
		return nil, nil
	}
	return acc.state.Copy(), nil
}

// Storage implements go-ethereum's state.StateReader.
func (r *provenReader) Storage(a Address, key Hash) (Hash, error) {
	value, ok := r.proven.slot(a, key)
	if !ok {
		if err := r.fetch(want{a, []Hash{key}}); err != nil {
			return Hash{}, err
		}
		value, _ = r.proven.slot(a, key)
	}
	return value, nil
}

// Has implements go-ethereum's state.ContractCodeReader.
func (r *provenReader) Has(a Address, hash Hash) bool { return r.Code(a, hash) != nil }

// CodeSize implements go-ethereum's state.ContractCodeReader.
func (r *provenReader) CodeSize(a Address, hash Hash) int { return len(r.Code(a, hash)) }

// Code implements go-ethereum's state.ContractCodeReader. No code is an error
// to the caller, as it asks only where there is some.
func (r *provenReader) Code(a Address, hash Hash) []byte {
	if code, ok := r.r.code(hash); ok {
		return code
	}
	if r.ctx == nil {
		r.missed = true
		return nil
	}
	code, err := r.r.fetchCode(r.ctx, a, r.proven.hash, hash)
	if err != nil {
		return nil
	}
	return code
}

// codeCache holds contracts by the hash of their code. What has the right hash
// is right for ever.
type codeCache map[Hash][]byte

// maxCodes bounds the cache, in contracts of at most 24 KiB.
const maxCodes = 512

func (r *Remote) code(hash Hash) ([]byte, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	code, ok := r.codes[hash]
	return code, ok
}

func (r *Remote) fetchCode(ctx context.Context, a Address, at, hash Hash) ([]byte, error) {
	var code hexutil.Bytes
	if err := r.eth.Client().CallContext(ctx, &code, "eth_getCode", a, blockArg(at)); err != nil {
		return nil, fmt.Errorf("code of %s: %w", a, explained(err))
	}
	if is := crypto.Keccak256Hash(code); is != hash {
		return nil, fmt.Errorf("code of %s: %w: its hash is %s, want %s", a, ErrUnproved, is, hash)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.codes) >= maxCodes {
		clear(r.codes)
	}
	r.codes[hash] = code
	return code, nil
}
