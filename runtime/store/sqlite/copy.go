package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// A Frozen is the state of a store at one moment, while the store goes on.
type Frozen struct{ conn *sqlite.Conn }

// Freeze takes a picture of the store. It costs nothing but the room of what is
// written until Release.
func (s *Store) Freeze() (*Frozen, error) {
	conn, err := sqlite.OpenConn(uri(s.file, ""), sqlite.OpenReadOnly, sqlite.OpenURI)
	if err != nil {
		return nil, fmt.Errorf("freeze store %s: %w", s.file, err)
	}
	// BEGIN alone reads nothing yet, so it does not say which moment is meant.
	for _, query := range []string{"BEGIN", "SELECT entry FROM reached"} {
		if err = rows(conn, func(*sqlite.Stmt) error { return nil }, query); err != nil {
			return nil, errors.Join(fmt.Errorf("freeze store %s: %w", s.file, err), conn.Close())
		}
	}
	return &Frozen{conn}, nil
}

// Copy writes the picture into a file of its own, which must not exist. It does
// not sync it, and leaves out which entry the store had reached: whoever passes
// the copy on says where the log goes on.
func (f *Frozen) Copy(file string) (err error) {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("copy store to %s: %w", file, os.ErrExist)
	}
	to, err := sqlite.OpenConn(uri(file, ""), sqlite.OpenReadWrite, sqlite.OpenCreate, sqlite.OpenURI)
	if err != nil {
		return fmt.Errorf("copy store to %s: %w", file, err)
	}
	defer func() {
		if err = errors.Join(err, to.Close()); err != nil {
			err = fmt.Errorf("copy store to %s: %w", file, err)
		}
	}()
	if err := sqlitex.ExecuteTransient(to, "PRAGMA synchronous = OFF", nil); err != nil {
		return err
	}
	if err := transfer(to, f.conn); err != nil {
		return err
	}
	return sqlitex.ExecuteTransient(to, "INSERT OR REPLACE INTO reached (id, entry) VALUES (1, 0)", nil)
}

// Release ends the picture.
func (f *Frozen) Release() error { return f.conn.Close() }

// Overwrite replaces all that is stored with what a file of [Frozen.Copy] holds,
// as one transaction: who reads meanwhile sees the old state or the new one.
func (s *Store) Overwrite(file string) error {
	from, err := sqlite.OpenConn(uri(file, "immutable=1"), sqlite.OpenReadOnly, sqlite.OpenURI)
	if err != nil {
		return fmt.Errorf("take store from %s: %w", file, err)
	}
	defer from.Close()
	if err := fits(from); err != nil {
		return fmt.Errorf("take store from %s: %w", file, err)
	}
	if s.queue == nil {
		return ErrReadOnly
	}
	done := make(chan error, 1)
	select {
	case s.alone <- func(conn *sqlite.Conn) { done <- transfer(conn, from) }:
	case <-s.stop:
		return ErrClosed
	}
	if err := <-done; err != nil {
		return fmt.Errorf("take store from %s: %w", file, err)
	}
	return nil
}

// fits says what is wrong with a file that is to replace a store.
func fits(conn *sqlite.Conn) error {
	at, err := schemaOf(conn)
	if err != nil {
		return err
	}
	if at != len(schemas) {
		return fmt.Errorf("it has schema %d, want %d: use the same wardflow on all nodes", at, len(schemas))
	}
	return rows(conn, func(stmt *sqlite.Stmt) error {
		if line := stmt.ColumnText(0); line != "ok" {
			return errors.New(line)
		}
		return nil
	}, "PRAGMA quick_check(1)")
}

func transfer(to, from *sqlite.Conn) error {
	b, err := sqlite.NewBackup(to, "main", from, "main")
	if err != nil {
		return err
	}
	_, err = b.Step(-1)
	return errors.Join(err, b.Close())
}

// Size is how many bytes the file holds, its log aside.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return rows(conn, func(stmt *sqlite.Stmt) error { bytes = stmt.ColumnInt64(0); return nil },
			"SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
	})
	return bytes, err
}
