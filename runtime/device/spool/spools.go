package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/wal"
)

// DefaultLimit is how many bytes a queue may hold on disk where nothing else is
// said: some 200,000 readings.
const DefaultLimit = 64 << 20

// Spools are the queues in one folder, each a folder in it. One process uses
// them at a time.
type Spools struct {
	dir    string
	limit  int64
	folder *wal.Folder

	mu   sync.Mutex // guards open
	open map[string]*queue
}

// Open opens the folder, which is made if it is not there. Limit is in bytes for
// each queue that asks for no other; 0: DefaultLimit.
func Open(dir string, limit int64) (*Spools, error) {
	if limit == 0 {
		limit = DefaultLimit
	}
	folder, err := wal.OpenFolder(dir)
	if err != nil {
		return nil, fmt.Errorf("buffers: %w", err)
	}
	return &Spools{dir: dir, limit: limit, folder: folder, open: map[string]*queue{}}, nil
}

// Queue opens the queue of a name, which may hold so many bytes; 0: as many as
// the folder says. Who had it open before can't commit any more.
func (s *Spools) Queue(name string, limit int64) (Queue, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if limit == 0 {
		limit = s.limit
	}
	if old := filepath.Join(s.dir, name+".log"); exists(old) {
		return nil, fmt.Errorf("buffer %s: %s was written by an older wardflow, and may hold values that nobody has taken: empty it with that, or move it away", name, old)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.open[name]; old != nil {
		if err := old.expire(); err != nil {
			return nil, fmt.Errorf("buffer %s: %w", name, err)
		}
		delete(s.open, name)
	}
	folder, err := wal.OpenFolder(filepath.Join(s.dir, name))
	if err != nil {
		return nil, fmt.Errorf("buffer %s: %w", name, err)
	}
	q, err := openQueue(folder, name, limit)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("buffer %s: %w", name, err), folder.Close())
	}
	q.end = folder.Close
	s.open[name] = q
	return q, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// prefix begins the names of queues that belong to an actor.
const prefix = "spool-"

// NameOf is the name of an actor's own queue.
func NameOf(actor flow.ActorID) string {
	sum := sha256.Sum256([]byte(actor))
	return prefix + hex.EncodeToString(sum[:16])
}

// Sweep removes the queues of actors ([NameOf]) that are not among keep and have
// none open, with all they hold: their applications are no more. Queues that
// scripts name themselves stay.
func (s *Spools) Sweep(keep []flow.ActorID) error {
	stay := map[string]bool{}
	for _, id := range keep {
		stay[NameOf(id)] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("sweep buffers: %w", err)
	}
	var errs []error
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() || !strings.HasPrefix(name, prefix) || stay[name] {
			continue
		}
		if q := s.open[name]; q != nil {
			if !q.ended() {
				continue
			}
			delete(s.open, name)
		}
		errs = append(errs, os.RemoveAll(filepath.Join(s.dir, name)))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sweep buffers: %w", err)
	}
	return nil
}

// Close closes all queues.
func (s *Spools) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, q := range s.open {
		errs = append(errs, q.Close())
	}
	clear(s.open)
	return errors.Join(append(errs, s.folder.Close())...)
}

// longestName is how many characters the name of a queue may have.
const longestName = 64

func checkName(name string) error {
	if name == "" || len(name) > longestName || strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}) {
		return fmt.Errorf("buffer %q: want a name of up to %d letters, digits, - and _", name, longestName)
	}
	return nil
}
