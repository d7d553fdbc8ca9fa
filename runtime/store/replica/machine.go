package replica

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

// A machine applies what is agreed to this member's file.
type machine struct {
	db    *sqlite.Store
	tmp   string // folder for files on their way in or out
	least uint64 // bytes of log between two snapshots, at least
}

var _ agree.Durable = (*machine)(nil)

// silence is how many entries of others an origin may let pass before it is
// forgotten: it has long been opened anew then.
const silence = 1 << 17

// Apply writes the entries as one transaction. Whatever an entry says, every
// member answers alike; only trouble of this file is an error.
func (m *machine) Apply(entries []agree.Entry) (answers [][]byte, err error) {
	err = m.db.Apply(func(tx *sqlite.Tx) error {
		answers = make([][]byte, len(entries))
		for i, e := range entries {
			var err error
			if answers[i], err = m.entry(tx, e); err != nil {
				return err
			}
		}
		return tx.Reach(entries[len(entries)-1].Index)
	})
	return answers, err
}

func (m *machine) entry(tx *sqlite.Tx, of agree.Entry) ([]byte, error) {
	refuse := func(err error) ([]byte, error) { return appendAnswers([]answer{{err: err}}), nil }
	e, err := readEntry(of.Body)
	switch {
	case errors.Is(err, errNewer):
		return nil, err // it must not be passed over: other members can read it
	case err != nil:
		return refuse(err)
	}
	seq, was, err := tx.Answered(e.origin)
	switch {
	case err != nil:
		return nil, err
	case e.seq == seq:
		return was, nil // asked again, because the answer was lost
	case e.seq < seq:
		return refuse(fmt.Errorf("question %d of an origin comes after %d", e.seq, seq))
	}
	if seq == 0 && e.part == 0 { // the origin is new
		if of.Index > silence {
			err = tx.Forget(of.Index - silence)
		}
		if err = errors.Join(err, tx.Answer(e.origin, 0, of.Index, nil)); err != nil {
			return nil, err
		}
	}
	if e.part+1 < e.parts {
		return nil, tx.Stage(e.origin, e.part, e.bytes)
	}
	question := e.bytes
	if e.parts > 1 {
		first, found, err := tx.Staged(e.origin, e.parts-1)
		if err != nil {
			return nil, err
		}
		if found+1 != e.parts {
			return refuse(fmt.Errorf("question %d of an origin has %d of its %d parts", e.seq, found+1, e.parts))
		}
		question = append(first, e.bytes...)
	}
	got, err := m.question(tx, question)
	if err != nil {
		return nil, err
	}
	return got, tx.Answer(e.origin, e.seq, of.Index, got)
}

// question carries out the ops of a question. Its error is one of this file.
func (m *machine) question(tx *sqlite.Tx, b []byte) ([]byte, error) {
	ops, err := readQuestion(b)
	if err != nil {
		return appendAnswers([]answer{{err: err}}), nil
	}
	answers := make([]answer, len(ops))
	for i, b := range ops {
		o, err := readOp(b)
		switch {
		case err != nil:
			answers[i].err = err
		case o.actor != "":
			answers[i].whole, answers[i].err = tx.Fence(o.actor, o.epoch)
		default:
			answers[i].err = tx.Commit(o.batch)
		}
		if sqlite.Local(answers[i].err) {
			return nil, answers[i].err
		}
	}
	return appendAnswers(answers), nil
}

// Applied is the last entry that is in the file.
func (m *machine) Applied() uint64 {
	n, _, err := m.db.Reached(context.Background())
	if err != nil {
		return 0 // the log's own snapshot will fill the file, or say what is wrong with it
	}
	return n
}

// Due reports whether a snapshot is due. It is a copy of the whole file, so it
// is made when an eighth as much of log has come, which makes the file larger by
// about a half: over all, what is copied is a small multiple of what is stored.
func (m *machine) Due(written uint64) bool {
	if written < m.least {
		return false
	}
	size, err := m.db.Size(context.Background())
	return err == nil && written > uint64(size)/8
}

// A snapshot is these eight bytes, the length of the file, and the file.
const snapshotMark = "wardsql\x01"

// Snapshot takes a picture of the file.
func (m *machine) Snapshot() (agree.Picture, error) {
	frozen, err := m.db.Freeze()
	if err != nil {
		return nil, err
	}
	return &picture{frozen, m.tmp}, nil
}

type picture struct {
	*sqlite.Frozen
	tmp string
}

// WriteTo writes the picture by way of a file of its own.
func (p *picture) WriteTo(to io.Writer) (n int64, err error) {
	dir, err := os.MkdirTemp(p.tmp, "picture-")
	if err != nil {
		return 0, fmt.Errorf("write a picture of the store: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "store.db")
	if err := p.Copy(file); err != nil {
		return 0, err
	}
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	head := binary.BigEndian.AppendUint64([]byte(snapshotMark), uint64(info.Size()))
	if _, err := to.Write(head); err != nil {
		return 0, err
	}
	n, err = io.Copy(to, f)
	return n + int64(len(head)), err
}

// Release ends the picture.
func (p *picture) Release() { p.Frozen.Release() }

// Restore replaces all that this member holds by a picture.
func (m *machine) Restore(from io.Reader) error {
	head := make([]byte, len(snapshotMark)+8)
	if _, err := io.ReadFull(from, head); err != nil {
		return fmt.Errorf("read a picture of the store: %w", err)
	}
	if string(head[:len(snapshotMark)]) != snapshotMark {
		return fmt.Errorf("read a picture of the store: %w", errForm)
	}
	dir, err := os.MkdirTemp(m.tmp, "restore-")
	if err != nil {
		return fmt.Errorf("read a picture of the store: %w", err)
	}
	defer os.RemoveAll(dir)
	f, err := os.Create(filepath.Join(dir, "store.db"))
	if err != nil {
		return fmt.Errorf("read a picture of the store: %w", err)
	}
	_, err = io.CopyN(f, from, int64(binary.BigEndian.Uint64(head[len(snapshotMark):])))
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("read a picture of the store: %w", err)
	}
	return m.db.Overwrite(f.Name())
}
