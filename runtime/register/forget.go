package register

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Each holder of a certificate gets a new one twice a day, and whoever judges what
// they sign needs each for a while. The leader says which are needed no more; the
// machine has no clock, so the command names them.

// maxForget is how many certificates one command names.
const maxForget = 1024

// maxKnown is how many certificates a node without log keeps of those that it has
// asked for. It asks again.
const maxKnown = 10_000

func (s *state) forgetCertificates(index uint64, c forgetCertificates) result {
	if len(c.Hashes) > maxForget {
		return refuse(faultBad, "%d certificates to forget at once: at most %d", len(c.Hashes), maxForget)
	}
	for _, h := range c.Hashes {
		if len(h) != 32 {
			return refuse(faultBad, "hash of %d bytes: want 32", len(h))
		}
	}
	for _, h := range c.Hashes {
		if _, ok := s.certificates[[32]byte(h)]; ok {
			delete(s.certificates, [32]byte(h))
			s.changed = index
		}
	}
	return result{Index: s.changed}
}

// Certificates are those that this node has, by the SHA-256 of their DER bytes:
// on a voter all. The map is the caller's, the bytes are not.
func (r *Register) Certificates() map[[32]byte][]byte {
	r.machine.mu.RLock()
	defer r.machine.mu.RUnlock()
	return maps.Clone(r.machine.state.certificates)
}

// ForgetCertificates has certificates forgotten by all nodes, in this Lead: those
// that count for nothing any more. No node may ask for that but the leader. One
// that is put again is kept again.
func (l Lead) ForgetCertificates(ctx context.Context, hashes [][32]byte) error {
	for some := range slices.Chunk(hashes, maxForget) {
		c := forgetCertificates{}
		for _, h := range some {
			c.Hashes = append(c.Hashes, h[:])
		}
		if _, err := l.r.applySeen(ctx, l.apply, c); err != nil {
			return fmt.Errorf("forget %d certificates: %w", len(some), err)
		}
	}
	l.r.forgetKnown(hashes)
	return nil
}

// learn keeps a certificate that the leader has sent.
func (r *Register) learn(hash [32]byte, der []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= maxKnown {
		clear(r.known)
	}
	r.known[hash] = der
}

// forgetKnown drops what this node has learnt before it held the log.
func (r *Register) forgetKnown(hashes [][32]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range hashes {
		delete(r.known, h)
	}
}
