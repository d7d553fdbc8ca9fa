package replica

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/agree"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/store"
	"github.com/wardflow/wardflow/runtime/store/sqlite"
)

// What callers branch on, beside the errors of [store.Store].
var (
	// ErrUnsure reports a commit of which it is not known whether it was stored
	// or will be: no majority of the members has answered. Fence says what is
	// stored.
	ErrUnsure = errors.New("it is not known whether this is stored")
	// ErrClosed reports a store that was closed.
	ErrClosed = errors.New("the store is closed")
)

// Config is what a replicated store needs. All before Lookup are required, and Log.
type Config struct {
	Name string      // of the group of stores: lower case letters, digits and -; the same on all members
	Self flow.NodeID // this node
	File string      // of this member's copy
	Dir  string      // folder for the log and for copies under way, this store's alone

	// Members are the nodes that hold the store at first, 1, 3 or 5, the same on
	// all of them. The group begins when all of them are up for the first time;
	// later AddMember and RemoveMember say who they are.
	Members   []agree.Voter
	Transport agree.Transport
	Lookup    func(flow.NodeID) (addr string, ok bool) // newest address of a node; nil: that of Members
	Log       *slog.Logger

	// Audit is told what nodes that are no members were refused; it must not block.
	// nil: Log is.
	Audit func(flow.AuditEvent)

	Election time.Duration // silence after which a leader is given up; 500 ms
	Snapshot uint64        // bytes of log after which a copy of the file may be made; 64 MiB
	Trailing uint64        // entries kept behind such a copy, for members that were away; 8192
}

var named = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

func (c *Config) setDefaults() error {
	if c.Snapshot == 0 {
		c.Snapshot = 64 << 20
	}
	if c.Trailing == 0 {
		c.Trailing = 8192
	}
	switch {
	case !named.MatchString(c.Name):
		return fmt.Errorf("replica: Config.Name is %q: want up to 32 lower case letters, digits and -", c.Name)
	case c.File == "":
		return errors.New("replica: Config.File is empty: want the file of this member's copy")
	case c.Dir == "":
		return errors.New("replica: Config.Dir is empty: want the folder of this member's log")
	case len(c.Members) == 0:
		return errors.New("replica: Config.Members is empty: want the nodes that hold the store")
	case c.Log == nil:
		return errors.New("replica: Config.Log is nil")
	}
	return nil // agree checks the rest
}

// A Store is one member's part of a replicated store. Any goroutine may call it.
type Store struct {
	db     *sqlite.Store
	group  *agree.Group
	log    *slog.Logger
	origin []byte

	acked atomic.Uint64 // index of the last entry committed through this member
	shown atomic.Uint64 // of those, the last that the copy has

	stop context.CancelFunc
	run  context.Context // ends with Close
	busy sync.WaitGroup
	once sync.Once
	err  error // of Close

	mu      sync.Mutex // guards waiting
	waiting []*ask
	signal  chan struct{} // holds one: something waits
}

var _ store.Store = (*Store)(nil)

// Open opens this member's copy, or makes it, and takes part in the group. It
// does not wait for other members. A file whose log is gone is set aside under
// another name, for nobody knows what it missed; one of a store that was never
// replicated is refused, since the other members would not have what it holds.
func Open(cfg Config) (*Store, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open replicated store: %w", err)
	}
	db, err := openCopy(&cfg)
	if err != nil {
		return nil, fmt.Errorf("open replicated store: %w", err)
	}
	s := &Store{db: db, log: cfg.Log, origin: make([]byte, originLen), signal: make(chan struct{}, 1)}
	rand.Read(s.origin)
	s.run, s.stop = context.WithCancel(context.Background())
	s.group, err = agree.Open(agree.Config{Name: "store-" + cfg.Name, Self: cfg.Self, Dir: cfg.Dir, Machine: &machine{db, cfg.Dir, cfg.Snapshot},
		Voters: cfg.Members, Transport: cfg.Transport, Lookup: cfg.Lookup, Log: cfg.Log, Election: cfg.Election,
		May: s.may, Audit: cfg.Audit, Snapshot: cfg.Snapshot, Trailing: cfg.Trailing})
	if err != nil {
		s.stop()
		db.Close()
		return nil, fmt.Errorf("open replicated store: %w", err)
	}
	s.busy.Go(s.propose)
	return s, nil
}

// openCopy opens the file that goes with the log in the folder.
func openCopy(cfg *Config) (*sqlite.Store, error) {
	for _, old := range []string{"picture-*", "restore-*"} { // of a process that was killed
		left, _ := filepath.Glob(filepath.Join(cfg.Dir, old))
		for _, dir := range left {
			os.RemoveAll(dir)
		}
	}
	db, err := sqlite.OpenReplica(cfg.File)
	if err != nil {
		return nil, err
	}
	logged, err := filepath.Glob(filepath.Join(cfg.Dir, "log", "*"))
	if err == nil && len(logged) > 0 {
		return db, nil
	}
	_, follows, err := db.Reached(context.Background())
	if err == nil && !follows {
		err = blank(db, cfg.File)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if !follows {
		return db, nil
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	aside := cfg.File + time.Now().UTC().Format(".20060102-150405") + ".aside"
	if err := os.Rename(cfg.File, aside); err != nil {
		return nil, err
	}
	cfg.Log.Warn("copy of the store was set aside: its log is gone, so what it missed is not known", "file", aside)
	return sqlite.OpenReplica(cfg.File)
}

// blank refuses a file that holds what the other members would not have.
func blank(db *sqlite.Store, file string) error {
	c, err := db.Counts(context.Background())
	if err != nil {
		return err
	}
	if c.Patients > 0 || c.Quarantined > 0 {
		return fmt.Errorf("%s holds the record of a store that is not replicated, with %d patients: name another file for the group, and keep this one", file, c.Patients)
	}
	return nil
}

// may lets members alone write: whoever runs a storing actor holds the store.
func (s *Store) may(peer flow.Identity, b []byte) error {
	for _, m := range s.group.Status().Members {
		if peer.Role == flow.RoleNode && peer.Name == string(m.ID) {
			_, err := readEntry(b)
			return err
		}
	}
	return fmt.Errorf("%s is not a member of this store", peer.URI)
}

// Close stops taking part and closes the copy. Commits under way end with
// [ErrClosed].
func (s *Store) Close() error {
	s.once.Do(func() {
		s.stop()
		s.busy.Wait()
		s.err = errors.Join(s.group.Close(), s.db.Close())
	})
	return s.err
}

// Members are the nodes that hold the store, as far as this one knows.
func (s *Store) Members() []agree.Voter { return s.group.Voters() }

// AddMember makes a node that has opened the store a member: it gets the whole
// of it, and then counts. See [agree.Group.AddVoter].
func (s *Store) AddMember(ctx context.Context, m agree.Voter) error { return s.group.AddVoter(ctx, m) }

// RemoveMember takes a member out, which may be gone for ever.
func (s *Store) RemoveMember(ctx context.Context, id flow.NodeID) error {
	return s.group.RemoveVoter(ctx, id)
}

// Holds reports whether this node is a member, so that its copy is kept up.
func (s *Store) Holds() bool { return s.group.Holds() }

// Status says how the group is, as this member sees it.
func (s *Store) Status() agree.Status { return s.group.Status() }

// Changed is closed when the leader, the members or the state of this copy
// change.
func (s *Store) Changed() <-chan struct{} { return s.group.Changed() }

// Behind says why this copy may lack what is committed elsewhere, or "".
func (s *Store) Behind() string {
	st := s.group.Status()
	switch {
	case !st.Voter:
		return "this node is not a member of the store"
	case st.Problem != "":
		return st.Problem
	case st.Leader == "":
		return "no majority of the members answers since " + st.Since.UTC().Format(time.RFC3339)
	}
	return ""
}

// Sync waits until this copy shows everything that was committed before the call.
func (s *Store) Sync(ctx context.Context) error { return s.group.Sync(ctx) }

// Check has SQLite look through this copy: see [sqlite.Store.Check].
func (s *Store) Check(ctx context.Context) error { return s.db.Check(ctx) }

// Backup writes a copy of all that was committed before the call.
func (s *Store) Backup(ctx context.Context, w io.Writer) error { return s.group.Backup(ctx, w) }
