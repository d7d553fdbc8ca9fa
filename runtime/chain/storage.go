package chain

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm/runtime"
)

// StorageOf is the root of the storage that a contract has when creation code,
// its parameters behind it, has just made it. It computes in this process, on
// no chain; the code must ask nothing of one. What [State.Storage] tells of a
// contract whose storage never changes is the same, or something else made it:
// code alone does not show that its constructor has run.
func StorageOf(creation []byte) (Hash, error) {
	db, err := state.New(types.EmptyRootHash, state.NewDatabaseForTesting()) // in memory
	if err != nil {
		return Hash{}, fmt.Errorf("storage of a contract: %w", err)
	}
	config := genesisConfig(big.NewInt(1))
	_, at, _, err := runtime.Create(creation, &runtime.Config{ChainConfig: config, GasLimit: viewGas, State: db})
	if err != nil {
		return Hash{}, fmt.Errorf("storage of a contract: %w", err)
	}
	db.IntermediateRoot(config.Rules(new(big.Int), true, 0))
	return storageRoot(db.GetStorageRoot(at)), nil
}

// storageRoot is one of a contract; one with nothing in it may stand as zeros.
func storageRoot(h Hash) Hash {
	if h == types.EmptyRootHash {
		return Hash{}
	}
	return h
}
