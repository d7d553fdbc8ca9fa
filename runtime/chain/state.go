package chain

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
)

// viewGas bounds one call of a view, alike on every node, so that no two judge
// differently by how long they were willing to compute. It is some 100 ms.
const viewGas = 30_000_000

// A view is the EVM of this process over the state after one block. It is kept
// between calls, since to make one costs several times what a call does: what
// it has read of the state stays in memory, and what a call has changed is
// taken back when it ends.
type view struct {
	header *types.Header
	config *params.ChainConfig
	chain  core.ChainContext              // for BLOCKHASH
	source func() (*state.StateDB, error) // a fresh state after header
	db     *accessState                   // nil: to be made, as the last had an error
	evm    *vm.EVM
}

var _ State = (*view)(nil)

// newView makes a view of the state that source gives, after header's block.
func newView(header *types.Header, config *params.ChainConfig, chain core.ChainContext, source func() (*state.StateDB, error)) (*view, error) {
	v := &view{header: header, config: config, chain: chain, source: source}
	if err := v.renew(); err != nil {
		return nil, err
	}
	return v, nil
}

func (v *view) renew() error {
	db, err := v.source()
	if err != nil {
		return err
	}
	block := core.NewEVMBlockContext(v.header, v.chain, &v.header.Coinbase)
	rules := v.config.Rules(block.BlockNumber, block.Random != nil, block.Time)
	warm := append(slices.Clone(vm.ActivePrecompiles(rules)), Address{})
	if rules.IsShanghai {
		warm = append(warm, v.header.Coinbase) // EIP-3651
	}
	v.db = newAccessState(db, warm)
	v.evm = vm.NewEVM(block, v.db, v.config, vm.Config{})
	return nil
}

// Call implements [State].
func (v *view) Call(to Address, data []byte) ([]byte, error) {
	if v.db == nil {
		if err := v.renew(); err != nil {
			return nil, fmt.Errorf("call %s: %w", to, err)
		}
	}
	before := v.db.Snapshot()
	v.db.AddAddressToAccessList(to)
	out, _, err := v.evm.StaticCall(Address{}, to, data, vm.NewGasBudget(viewGas, 0))
	v.db.RevertToSnapshot(before)
	v.db.forget()
	if failed := v.db.Error(); failed != nil {
		// Whatever came out was computed from what could not be read, and the
		// state remembers its first error for good.
		v.db = nil
		return nil, fmt.Errorf("call %s: read the state of block %v: %w", to, v.header.Number, failed)
	}
	switch {
	case errors.Is(err, vm.ErrExecutionReverted):
		return nil, fmt.Errorf("call %s: %w", to, &RevertError{Msg: err.Error(), Data: bytes.Clone(out)})
	case err != nil: // it ran out of gas, say: its own doing as well
		return nil, fmt.Errorf("call %s: %w", to, &RevertError{Msg: err.Error()})
	}
	return bytes.Clone(out), nil
}

// CodeHash implements [State].
func (v *view) CodeHash(a Address) (Hash, error) {
	hash, err := v.read("code", a, func() Hash { return v.db.GetCodeHash(a) })
	if hash == types.EmptyCodeHash {
		return Hash{}, err
	}
	return hash, err
}

// Storage implements [State].
func (v *view) Storage(a Address) (Hash, error) {
	hash, err := v.read("storage", a, func() Hash { return v.db.GetStorageRoot(a) })
	return storageRoot(hash), err
}

// read reads something of a contract.
func (v *view) read(what string, a Address, get func() Hash) (Hash, error) {
	if v.db == nil {
		if err := v.renew(); err != nil {
			return Hash{}, fmt.Errorf("%s of %s: %w", what, a, err)
		}
	}
	hash := get()
	if failed := v.db.Error(); failed != nil {
		v.db = nil
		return Hash{}, fmt.Errorf("%s of %s: read the state of block %v: %w", what, a, v.header.Number, failed)
	}
	return hash, nil
}
