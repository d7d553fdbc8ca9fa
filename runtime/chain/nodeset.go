package chain

import (
	"errors"

	"github.com/ethereum/go-ethereum/crypto"
)

// A nodeSet holds nodes of a tree by the hash that we compute of each, so that
// none can pass for another, and counts those that were looked at.
type nodeSet struct {
	byHash map[string][]byte
	used   int
}

func newNodeSet(nodes [][]byte) *nodeSet {
	s := &nodeSet{byHash: make(map[string][]byte, len(nodes))}
	for _, n := range nodes {
		s.byHash[string(crypto.Keccak256(n))] = n
	}
	return s
}

var errNoNode = errors.New("no such node")

// Has implements ethdb.KeyValueReader.
func (s *nodeSet) Has(hash []byte) (bool, error) {
	_, ok := s.byHash[string(hash)]
	return ok, nil
}

// Get implements ethdb.KeyValueReader.
func (s *nodeSet) Get(hash []byte) ([]byte, error) {
	n, ok := s.byHash[string(hash)]
	if !ok {
		return nil, errNoNode
	}
	s.used++
	return n, nil
}
