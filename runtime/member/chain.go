package member

import (
	"crypto/x509"
	"slices"

	"github.com/wardflow/wardflow/runtime/flow"
)

// Chain is the certificate chain, leaf first, that a node's newest statement is
// signed with; nil when the node is not known. It held when the statement came,
// and may be revoked since.
func (m *Members) Chain(id flow.NodeID) []*x509.Certificate {
	m.book.mu.Lock()
	defer m.book.mu.Unlock()
	e := m.book.entries[id]
	if e == nil {
		return nil
	}
	return slices.Clone(e.said.chain)
}
