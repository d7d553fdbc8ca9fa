package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/store"
)

const (
	readers   = 4   // connections that read
	turnLimit = 256 // batches of one transaction
)

// ErrClosed reports a store that was closed.
var ErrClosed = errors.New("the store is closed")

// ErrReadOnly reports a commit to a store opened by [OpenReadOnly].
var ErrReadOnly = errors.New("the store was opened to read only")

// A Store keeps readings in one SQLite file, with its log and index files
// beside it ("-wal", "-shm").
type Store struct {
	readers *sqlitex.Pool
	writer  *sqlite.Conn // used by the writing goroutine only; nil when the store is read only
	file    string
	queue   chan *commit            // nil when the store is read only
	alone   chan func(*sqlite.Conn) // what the writer does outside a transaction
	stop    chan struct{}           // closed by Close
	done    chan struct{}           // closed by the writer when it has ended

	once     sync.Once
	closeErr error
}

var _ store.Store = (*Store)(nil)

// Open opens the store in the file, or makes it. Only one process at a time
// should; a second one's commits would wait for the first one's.
func Open(file string) (*Store, error) { return openWriter(file, "FULL") }

// OpenReplica opens the store in the file, or makes it, for whoever writes it
// by [Store.Apply] from a log that is durable itself: after a loss of power the
// last turns may be missing, and are to be applied again.
func OpenReplica(file string) (*Store, error) { return openWriter(file, "NORMAL") }

func openWriter(file, synchronous string) (*Store, error) {
	conn, err := sqlite.OpenConn(uri(file, ""), sqlite.OpenReadWrite, sqlite.OpenCreate, sqlite.OpenURI, sqlite.OpenWAL)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", file, err)
	}
	if err := prepareWriter(conn, synchronous); err != nil {
		conn.Close()
		return nil, fmt.Errorf("open store %s: %w", file, err)
	}
	s, err := open(file, "")
	if err != nil {
		conn.Close()
		return nil, err
	}
	s.queue, s.alone = make(chan *commit), make(chan func(*sqlite.Conn))
	s.writer = conn
	go func() {
		defer close(s.done)
		(&writer{conn: conn, tally: map[string]int{}}).run(s.queue, s.alone, s.stop)
	}()
	return s, nil
}

// OpenReadOnly opens the store in the file to read it, also while another
// process writes. [Store.Commit] answers [ErrReadOnly].
func OpenReadOnly(file string) (*Store, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s, err := open(file, "")
	if err != nil && !writable(filepath.Dir(file)) {
		// Reading a log needs an index file beside it. Where none can be made
		// nobody writes either, so the file may be read as it stands.
		s, err = open(file, "immutable=1")
	}
	if err != nil {
		return nil, err
	}
	close(s.done)
	return s, nil
}

func open(file, query string) (*Store, error) {
	pool, err := sqlitex.NewPool(uri(file, query), sqlitex.PoolOptions{
		Flags:    sqlite.OpenReadOnly | sqlite.OpenURI,
		PoolSize: readers,
	})
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", file, err)
	}
	s := &Store{readers: pool, file: file, stop: make(chan struct{}), done: make(chan struct{})}
	err = s.read(context.Background(), func(conn *sqlite.Conn) error {
		at, err := schemaOf(conn)
		if err == nil && at != len(schemas) {
			err = fmt.Errorf("it has schema %d, want %d: let a node open it once", at, len(schemas))
		}
		return err
	})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open store %s: %w", file, err)
	}
	return s, nil
}

// Close waits for the batch being written, refuses those that wait, and closes the file.
func (s *Store) Close() error {
	s.once.Do(func() {
		close(s.stop)
		<-s.done
		s.closeErr = s.readers.Close()
		if s.writer != nil {
			// The last to leave moves the log into the file and removes it.
			s.closeErr = errors.Join(s.closeErr, s.writer.Close())
		}
	})
	return s.closeErr
}

// Commit stores a batch: see [store.Store].
func (s *Store) Commit(ctx context.Context, b store.Batch) error {
	if s.queue == nil {
		return ErrReadOnly
	}
	c, err := newCommit(b)
	if err != nil {
		return err
	}
	return s.write(ctx, c)
}

// Fence raises the epoch of an actor's checkpoint: see [store.Store].
func (s *Store) Fence(ctx context.Context, actor flow.ActorID, epoch uint64) (flow.Checkpoint, error) {
	if s.queue == nil {
		return flow.Checkpoint{}, ErrReadOnly
	}
	f := &fence{actor: actor, epoch: epoch}
	if err := s.write(ctx, &commit{fence: f, answer: make(chan error, 1)}); err != nil {
		return flow.Checkpoint{}, err
	}
	return f.whole, nil
}

func (s *Store) write(ctx context.Context, c *commit) error {
	select {
	case s.queue <- c:
	case <-ctx.Done():
		return fmt.Errorf("commit to store: %w", ctx.Err())
	case <-s.stop:
		return ErrClosed
	}
	// The writer has it: its answer always comes.
	return <-c.answer
}

// read runs f with a connection that reads one state of the file.
func (s *Store) read(ctx context.Context, f func(*sqlite.Conn) error) (err error) {
	select {
	case <-s.stop:
		return ErrClosed
	default:
	}
	conn, err := s.readers.Take(ctx)
	if err != nil {
		return err
	}
	defer s.readers.Put(conn)
	if _, err := exec(conn, "BEGIN"); err != nil {
		return err
	}
	defer func() {
		conn.SetInterrupt(nil) // or ending would be refused once ctx has
		if !conn.AutocommitEnabled() {
			_, end := exec(conn, "ROLLBACK")
			err = errors.Join(err, end)
		}
	}()
	return f(conn)
}

func prepareWriter(conn *sqlite.Conn, synchronous string) error {
	// 16 MiB of pages at most: with the default of 2 those that the indexes of a
	// busy ward touch are read from the file again and again.
	for _, p := range []string{"synchronous = " + synchronous, "wal_autocheckpoint = 8000", "journal_size_limit = 67108864", "cache_size = -16384"} {
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA "+p, nil); err != nil {
			return err
		}
	}
	if err := keepBallast(conn); err != nil {
		return err
	}
	return migrate(conn)
}

// uri is the file's name in the form that takes a query.
func uri(file, query string) string {
	if abs, err := filepath.Abs(file); err == nil {
		file = abs
	}
	return (&url.URL{Scheme: "file", Path: file, RawQuery: query}).String()
}

func writable(dir string) bool {
	f, err := os.CreateTemp(dir, ".wardflow-*")
	if err != nil {
		return false
	}
	f.Close()
	os.Remove(f.Name())
	return true
}
