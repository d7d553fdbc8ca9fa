package rule

import (
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/chain"
)

// A contract may have the code of one of ours and keep what no constructor of
// ours has put there: a limit that it does not list, say. Whoever makes a
// contract writes what its storage begins with, and a node that was to make one
// for an admin may lie. So all of a contract's storage is held against what our
// own constructor makes of the parameters that the contract lists.

// genuine reports whether a contract keeps just what its constructor would.
func genuine(st chain.State, at chain.Address, p piece) (bool, error) {
	want, err := storages.of(p)
	if err != nil {
		return false, nil // our own constructor refuses such parameters
	}
	is, err := st.Storage(at)
	return is == want, err
}

// storages are the storages of contracts by their digests, which name their
// sort and parameters.
var storages = storageCache{have: map[chain.Hash]chain.Hash{}}

// mostStorages is how many are remembered: making one takes milliseconds.
const mostStorages = 4096

type storageCache struct {
	mu   sync.Mutex // guards have
	have map[chain.Hash]chain.Hash
}

func (c *storageCache) of(p piece) (chain.Hash, error) {
	c.mu.Lock()
	h, ok := c.have[p.digest]
	c.mu.Unlock()
	if ok {
		return h, nil
	}
	h, err := chain.StorageOf(slices.Clone(p.code))
	if err != nil {
		return h, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.have) >= mostStorages {
		clear(c.have)
	}
	c.have[p.digest] = h
	return h, nil
}
