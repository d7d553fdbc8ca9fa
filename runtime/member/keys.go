package member

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// Gossip is encrypted with a key that all members share, inside the connections
// of the door. The door proves who speaks, the key that it is a member of today:
// it is changed when one was shut out. It is not given by hand. Whoever meets, both
// with a node's certificate, tells the other its keys; of those who have none the
// one that was called makes the first.
//
// A set of keys has a version. It rises with each change of the key in use, and a
// higher one takes the place of a lower one as a whole: a node that was away
// while the key was changed has the new one with its first connection, and those
// that were retired are gone.

// keys is such a set; a value.
type keys struct {
	version uint64
	list    [][]byte // the first is in use; the others can be read
}

const (
	keySize = 32 // bytes: AES-256
	maxKeys = 8

	maxVersion = 1 << 48 // nobody changes keys that often
)

func newKey() []byte {
	k := make([]byte, keySize)
	rand.Read(k) // never fails
	return k
}

// keyID names a key without giving it away.
func keyID(k []byte) string {
	sum := sha256.Sum256(append([]byte("wardflow gossip key\x00"), k...))
	return hex.EncodeToString(sum[:8])
}

func (k keys) ids() (ids []string) {
	for _, key := range k.list {
		ids = append(ids, keyID(key))
	}
	return ids
}

func (k keys) find(id string) int {
	return slices.IndexFunc(k.list, func(key []byte) bool { return keyID(key) == id })
}

func (k keys) has(key []byte) bool {
	return slices.ContainsFunc(k.list, func(e []byte) bool { return bytes.Equal(e, key) })
}

func (k keys) equal(o keys) bool {
	return k.version == o.version && slices.EqualFunc(k.list, o.list, bytes.Equal)
}

// merge is what both ends make of their sets. Of two of one version, as in the
// beginning or while a new key is handed round, all keys stay, and the same one is
// in use at both ends: the lower one.
func (k keys) merge(o keys) keys {
	switch {
	case len(o.list) == 0 || len(k.list) > 0 && k.version > o.version:
		return k
	case len(k.list) == 0 || k.version < o.version:
		return o
	}
	if bytes.Compare(o.list[0], k.list[0]) < 0 {
		k, o = o, k
	}
	rest := slices.Clone(k.list[1:])
	for _, key := range o.list {
		if !k.has(key) {
			rest = append(rest, key)
		}
	}
	slices.SortFunc(rest, bytes.Compare)
	rest = rest[:min(len(rest), maxKeys-1)]
	return keys{version: k.version, list: append([][]byte{k.list[0]}, rest...)}
}

// with is the set and a new key that is not in use yet.
func (k keys) with(key []byte) (keys, error) {
	switch {
	case k.has(key):
		return k, nil
	case len(k.list) == maxKeys:
		return k, fmt.Errorf("%d gossip keys are installed: retire the old ones first", maxKeys)
	case len(k.list) == 0:
		return keys{list: [][]byte{key}}, nil
	}
	rest := append(slices.Clone(k.list[1:]), key)
	slices.SortFunc(rest, bytes.Compare)
	return keys{version: k.version, list: append([][]byte{k.list[0]}, rest...)}, nil
}

// using is the set with another key in use.
func (k keys) using(n int) keys {
	if n == 0 {
		return k
	}
	rest := slices.Delete(slices.Clone(k.list), n, n+1)
	slices.SortFunc(rest, bytes.Compare)
	return keys{version: k.version + 1, list: append([][]byte{k.list[n]}, rest...)}
}

// only is the set without all keys but the one in use.
func (k keys) only() keys {
	if len(k.list) < 2 {
		return k
	}
	return keys{version: k.version + 1, list: k.list[:1:1]}
}

// append writes the set: version, then the keys.
func (k keys) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, k.version)
	for _, key := range k.list {
		b = append(b, key...)
	}
	return b
}

var errKeys = errors.New("its gossip keys are none")

func readKeys(b []byte) (k keys, err error) {
	if len(b) < 8 || (len(b)-8)%keySize != 0 || (len(b)-8)/keySize > maxKeys {
		return k, errKeys
	}
	if k.version = binary.BigEndian.Uint64(b); k.version > maxVersion {
		return keys{}, errKeys
	}
	for key := range slices.Chunk(bytes.Clone(b[8:]), keySize) {
		if k.has(key) {
			return keys{}, errKeys
		}
		k.list = append(k.list, key)
	}
	return k, nil
}
