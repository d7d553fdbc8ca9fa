package node

import (
	"maps"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A keyring is what this node can prove itself and its actors with, and whom it
// believes. Each certificate is replaced while the node runs, so whoever needs
// one asks each time and keeps none.
type keyring struct {
	mu         sync.RWMutex // guards what follows
	node       flow.Signer
	identities map[string]flow.Signer
	believed   pki.Trust
}

// own is the node's certificate.
func (k *keyring) own() flow.Signer {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.node
}

// identity is the certificate of that name in the node's identities.
func (k *keyring) identity(name string) (flow.Signer, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	s, ok := k.identities[name]
	return s, ok
}

// all are the identities by their names.
func (k *keyring) all() map[string]flow.Signer {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return maps.Clone(k.identities)
}

// trust is whom the node believes.
func (k *keyring) trust() pki.Trust {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.believed
}

func (k *keyring) setOwn(s flow.Signer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.node = s
}

func (k *keyring) setIdentities(all map[string]flow.Signer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.identities = all
}

// setIdentity replaces one certificate among the identities.
func (k *keyring) setIdentity(name string, s flow.Signer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.identities = maps.Clone(k.identities)
	k.identities[name] = s
}

func (k *keyring) setTrust(t pki.Trust) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.believed = t
}
