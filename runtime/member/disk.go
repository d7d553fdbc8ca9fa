package member

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/durable"
)

// Three files are kept: boot, a number that no later run of this node may fall
// below, keys, the gossip keys, and known, the statements of all nodes. A statement is verified anew
// when it is read, so a changed file can do no more than be forgotten.

// load reads what earlier runs left, and raises this run's Boot above theirs.
func (m *Members) load() error {
	dir := m.cfg.Dir
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(dir, "boot"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := m.loadKeys(); err != nil {
		return err
	}
	if len(b) == 8 {
		m.cfg.Self.Boot = max(m.cfg.Self.Boot, binary.BigEndian.Uint64(b)+1)
	}
	if err := durable.Replace(filepath.Join(dir, "boot"), binary.BigEndian.AppendUint64(nil, m.cfg.Self.Boot), 0o600); err != nil {
		return err
	}
	known, err := os.ReadFile(filepath.Join(dir, "known"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for len(known) > 0 {
		raw, rest, err := readBytes(known)
		if err != nil {
			break
		}
		known = rest
		if s, err := readStatement(raw); err == nil && s.info.ID != m.cfg.Self.ID {
			if err := m.book.learn(s, now()); err != nil {
				m.log.Debug("node of an earlier run passed over", "peer", s.info.ID, "err", err)
			}
		}
	}
	return nil
}

// saver writes the known statements after they have changed.
func (m *Members) saver(ctx context.Context) {
	for {
		select {
		case <-m.save:
		case <-ctx.Done():
			return
		}
		var b []byte
		for _, raw := range m.book.statements() {
			b = appendBytes(b, raw)
		}
		if err := durable.Replace(filepath.Join(m.cfg.Dir, "known"), b, 0o600); err != nil {
			m.log.Warn("known nodes could not be saved", "err", err)
		}
	}
}
