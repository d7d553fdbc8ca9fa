package member

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/durable"
)

// The gossip key is changed in three steps, each taken by every member before
// the next begins: the new key is installed, so that it can be read; it is used,
// and the old one can still be read; the old one is retired. [Member.Keys] shows
// how far each has got.

// maxLead is how far the version of a set of keys may be ahead of ours: more
// changes than anybody can have missed. A member that jumps to the end of the
// numbers would else make every later change one that nobody takes.
const maxLead = 1 << 16

var errAhead = errors.New("its gossip keys are too far ahead of ours to be the cluster's")

// NewKey makes a gossip key, installs it here without using it, and gives its
// name, for the others to install.
func (m *Members) NewKey() (id string, err error) {
	key := newKey()
	err = m.changeKeys(func(k keys) (keys, error) { return k.with(key) })
	return keyID(key), err
}

// Install makes sure that a key can be read here: when this node does not have it
// yet, it asks the others for theirs, until ctx ends.
func (m *Members) Install(ctx context.Context, id string) error {
	var errs []error
	for _, n := range m.book.all() {
		if m.ring().find(id) >= 0 {
			return nil
		}
		if n.ID == m.cfg.Self.ID || !n.Up {
			continue
		}
		if err := m.transport.visit(ctx, standInAddr(string(n.ID))); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", n.ID, err))
		}
	}
	if m.ring().find(id) >= 0 {
		return nil
	}
	return fmt.Errorf("install gossip key %s: no member that is up has it: %w", id, errors.Join(append(errs, ctx.Err())...))
}

// Use encrypts with a key that is installed from now on. Every member should have
// it by then: who has not understands nothing until it has met one who has.
func (m *Members) Use(id string) error {
	return m.changeKeys(func(k keys) (keys, error) {
		n := k.find(id)
		if n < 0 {
			return k, fmt.Errorf("use gossip key %s: it is not installed here", id)
		}
		return k.using(n), nil
	})
}

// Retire forgets all keys but that one, which is in use.
func (m *Members) Retire(id string) error {
	return m.changeKeys(func(k keys) (keys, error) {
		if n := k.find(id); n != 0 {
			return k, fmt.Errorf("retire the gossip keys before %s: it is not the one in use", id)
		}
		return k.only(), nil
	})
}

// Keys names the gossip keys installed here, the one in use first.
func (m *Members) Keys() []string { return m.ring().ids() }

func (m *Members) ring() keys {
	m.keying.Lock()
	defer m.keying.Unlock()
	return m.keys
}

// meetKeys takes in another member's keys, and gives what both have then. The one
// that was called makes a key when neither has any.
func (m *Members) meetKeys(theirs keys, called bool) (keys, error) {
	err := m.changeKeys(func(k keys) (keys, error) {
		if len(k.list) > 0 && theirs.version > k.version+maxLead {
			return k, errAhead
		}
		if k = k.merge(theirs); called && len(k.list) == 0 {
			return k.with(newKey())
		}
		return k, nil
	})
	return m.ring(), err
}

// changeKeys keeps a new set on disk, and lets memberlist use it.
func (m *Members) changeKeys(change func(keys) (keys, error)) error {
	m.keying.Lock()
	defer m.keying.Unlock()
	next, err := change(m.keys)
	if err != nil || next.equal(m.keys) {
		return err
	}
	if m.cfg.Dir != "" {
		// Without the file they come from others once more.
		if err := durable.Replace(filepath.Join(m.cfg.Dir, "keys"), next.append(nil), 0o600); err != nil {
			m.log.Warn("gossip keys could not be saved", "err", err)
		}
	}
	m.setKeys(next)
	m.log.Info("gossip keys changed", "keys", next.ids())
	select {
	case m.respeak <- struct{}{}: // the others see what is installed here
	default:
	}
	return nil
}

// setKeys is called with keying held. Connections that are open are not used for
// what the new key encrypts: their other ends may not have it.
func (m *Members) setKeys(next keys) {
	m.transport.turn()
	for _, key := range next.list {
		m.keyring.AddKey(key) // its size is right
	}
	if len(next.list) > 0 {
		m.keyring.UseKey(next.list[0])
	}
	for _, key := range m.keys.list {
		if !next.has(key) {
			m.keyring.RemoveKey(key)
		}
	}
	m.keys = next
}

func (m *Members) loadKeys() error {
	b, err := os.ReadFile(filepath.Join(m.cfg.Dir, "keys"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	k, err := readKeys(b)
	if err != nil {
		return fmt.Errorf("%s: %w: remove it, and they come from another member", filepath.Join(m.cfg.Dir, "keys"), err)
	}
	m.keying.Lock()
	defer m.keying.Unlock()
	m.setKeys(k)
	return nil
}

// errCipher is what is refused when gossip can't be read.
var errCipher = errors.New("its gossip is not encrypted with a key that is installed here")

// unread reports gossip that can't be read, from the node that a stand-in address
// stands for.
func (m *Members) unread(addr string) {
	for _, n := range m.book.all() {
		if standInAddr(string(n.ID)) == addr {
			m.blame(source{id: m.book.identity(n.ID, now())}, n.ID, errCipher) // it came over its connection
			return
		}
	}
	m.refuse("", errCipher)
}
