package member

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	if err := write(filepath.Join(dir, "boot"), binary.BigEndian.AppendUint64(nil, m.cfg.Self.Boot)); err != nil {
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
		if err := write(filepath.Join(m.cfg.Dir, "known"), b); err != nil {
			m.log.Warn("known nodes could not be saved", "err", err)
		}
	}
}

// write replaces a file as a whole.
func write(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
