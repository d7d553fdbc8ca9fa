package sqlite

import (
	"context"
	"errors"

	"zombiezen.com/go/sqlite"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/store"
)

// A store may be one of several that follow the same log: each applies the
// same entries, each entry as one transaction, and keeps in it which entry it
// has reached. The log itself is not known here.

// Apply runs f on the file as one transaction. When f returns an error nothing
// of it has happened.
func (s *Store) Apply(f func(*Tx) error) error {
	if s.queue == nil {
		return ErrReadOnly
	}
	return s.write(context.Background(), &commit{many: f, answer: make(chan error, 1)})
}

// Reached is the number of the last entry applied, and whether the file follows
// a log at all. It is 0 as well after [Store.Overwrite], until an entry comes.
func (s *Store) Reached(ctx context.Context) (entry uint64, follows bool, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return rows(conn, func(stmt *sqlite.Stmt) error {
			entry, follows = (&row{stmt: stmt}).uint(), true
			return nil
		}, "SELECT entry FROM reached")
	})
	return entry, follows, err
}

// A Tx is one transaction on its way. It ends with the function it was given to.
type Tx struct{ w *writer }

// Reach keeps the number of the entry that the transaction applies.
func (t *Tx) Reach(entry uint64) error {
	_, err := exec(t.w.conn, "INSERT INTO reached (id, entry) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET entry = excluded.entry", entry)
	return err
}

// Commit stores a batch whole or, on an error of its own, not at all, as
// [store.Store] says: every file in the same state gives the same error. An
// error that [Local] reports is one of this file only, and ends the transaction.
func (t *Tx) Commit(b store.Batch) error {
	if err := check(&b); err != nil {
		return err
	}
	return t.one(func() error { return t.w.apply(&b) })
}

// Fence raises the epoch of an actor's checkpoint, with errors as in Commit.
func (t *Tx) Fence(actor flow.ActorID, epoch uint64) (flow.Checkpoint, error) {
	f := fence{actor: actor, epoch: epoch}
	if err := t.one(func() error { return t.w.fence(&f) }); err != nil {
		return flow.Checkpoint{}, err
	}
	return f.whole, nil
}

// one does something that leaves no trace when it fails.
func (t *Tx) one(do func() error) error {
	if _, err := exec(t.w.conn, "SAVEPOINT one"); err != nil {
		return local{err}
	}
	err := do()
	if ofFile(err) {
		t.w.ids = nil
		return local{err}
	}
	end := "RELEASE one"
	if err != nil {
		t.w.ids = nil
		if _, back := exec(t.w.conn, "ROLLBACK TO one"); back != nil {
			return local{errors.Join(err, back)}
		}
	}
	if _, rel := exec(t.w.conn, end); rel != nil {
		return local{errors.Join(err, rel)}
	}
	return err
}

// Answered is the number of the last question of an origin that was answered,
// and the answer; 0 when there was none.
func (t *Tx) Answered(origin []byte) (seq uint64, answer []byte, err error) {
	err = rows(t.w.conn, func(stmt *sqlite.Stmt) error {
		r := row{stmt: stmt}
		seq, answer = r.uint(), r.bytes()
		return nil
	}, "SELECT seq, answer FROM origin WHERE name = ?", origin)
	return seq, answer, err
}

// Answer keeps the answer to an origin's question, in place of the last one.
func (t *Tx) Answer(origin []byte, seq, entry uint64, answer []byte) error {
	_, err := exec(t.w.conn, "INSERT INTO origin (name, seq, entry, answer) VALUES (?, ?, ?, ?) "+
		"ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, entry = excluded.entry, answer = excluded.answer", origin, seq, entry, notNil(answer))
	return err
}

// Forget drops the origins that have asked nothing since the entry, and the
// parts of what they had begun to ask.
func (t *Tx) Forget(before uint64) error {
	if _, err := exec(t.w.conn, "DELETE FROM part WHERE origin IN (SELECT name FROM origin WHERE entry < ?)", before); err != nil {
		return err
	}
	_, err := exec(t.w.conn, "DELETE FROM origin WHERE entry < ?", before)
	return err
}

// Stage keeps a part of a question that does not fit into one entry.
func (t *Tx) Stage(origin []byte, number uint64, b []byte) error {
	_, err := exec(t.w.conn, "INSERT OR REPLACE INTO part (origin, number, bytes) VALUES (?, ?, ?)", origin, number, notNil(b))
	return err
}

// Staged are the first n parts of a question, one after the other, and drops all
// parts of the origin; found is how many of the n there were.
func (t *Tx) Staged(origin []byte, n uint64) (whole []byte, found uint64, err error) {
	err = rows(t.w.conn, func(stmt *sqlite.Stmt) error {
		whole = append(whole, (&row{stmt: stmt}).bytes()...)
		found++
		return nil
	}, "SELECT bytes FROM part WHERE origin = ? AND number < ? ORDER BY number", origin, n)
	if err == nil {
		_, err = exec(t.w.conn, "DELETE FROM part WHERE origin = ?", origin)
	}
	return whole, found, err
}

// local marks an error of this file or its disk.
type local struct{ error }

func (l local) Unwrap() error { return l.error }

// Local reports whether an error says nothing about what was to be stored, but
// that this file can't take it now: a full disk, a damaged page.
func Local(err error) bool {
	var l local
	return errors.As(err, &l)
}

// ofFile tells the errors of a disk from those of what is to be stored.
func ofFile(err error) bool {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultOK, sqlite.ResultError, sqlite.ResultConstraint, sqlite.ResultTooBig, sqlite.ResultMismatch, sqlite.ResultRange:
		return false
	}
	return true
}
