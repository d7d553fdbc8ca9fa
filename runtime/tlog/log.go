package tlog

import (
	"errors"
	"fmt"
	"sync"

	"github.com/wardflow/wardflow/runtime/wal"
)

// The bounds of a log.
const (
	MaxEntry   = 32 << 10 // bytes of an entry
	maxPending = 64 << 20 // bytes that were appended and are not on disk
)

// A Config says where a log is: in Dir, unless there is a Disk.
type Config struct {
	Dir  string   // of its files; made if it is not there; one process writes it at a time
	Disk wal.Disk // in place of Dir, in tests
}

// ErrFull reports that too much was appended and is not on disk: the disk is
// slow, or refuses.
var ErrFull = errors.New("too many entries wait for the disk")

// ErrClosed reports a log that was closed.
var ErrClosed = errors.New("the log is closed")

// A Log is a log, open to be written or to be read. Its methods may be called by
// many goroutines.
type Log struct {
	disk  wal.Disk
	close func() error
	fixed bool // read only

	flush sync.Mutex // held while something is written; before mu
	file  *wal.Log   // of the newest segment

	mu      sync.RWMutex // guards what follows, and file's end
	now     segment      // the newest
	upper   []nodes      // upper[0] are the roots of full segments, upper[1] the nodes over two of them, …
	pending []pending
	bytes   int // of pending
	closed  bool
}

type pending struct {
	entry []byte
	leaf  Hash
}

// Open opens a log to be written, which is made if it is not there.
func Open(cfg Config) (*Log, error) {
	l := &Log{disk: cfg.Disk, close: func() error { return nil }}
	if l.disk == nil {
		if cfg.Dir == "" {
			return nil, errors.New("open log: Config.Dir must be set")
		}
		folder, err := wal.OpenFolder(cfg.Dir)
		if err != nil {
			return nil, fmt.Errorf("open log: %w", err)
		}
		l.disk, l.close = folder, folder.Close
	}
	if err := l.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("open log: %w", err), l.end())
	}
	return l, nil
}

// OpenReadOnly opens a log to be read, also while another process writes it: it
// has what was on disk by then.
func OpenReadOnly(dir string) (*Log, error) {
	l := &Log{disk: reading{dir}, close: func() error { return nil }, fixed: true}
	if err := l.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("open log: %w", err), l.end())
	}
	return l, nil
}

// Append adds an entry of 1 to [MaxEntry] bytes, which are copied, and gives its
// number, from 0. It is in the log when [Log.Sync] has returned; it stays in
// line until then, also over a Sync that fails. [ErrFull] says that nothing was
// added: try again after a Sync.
func (l *Log) Append(entry []byte) (index uint64, err error) {
	if len(entry) == 0 || len(entry) > MaxEntry {
		return 0, fmt.Errorf("append to log: an entry of %d bytes, want 1 to %d", len(entry), MaxEntry)
	}
	p := pending{append([]byte(nil), entry...), Leaf(entry)}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed || l.fixed:
		return 0, ErrClosed
	case l.bytes+len(entry) > maxPending:
		return 0, ErrFull
	}
	index = l.size() + uint64(len(l.pending))
	l.pending = append(l.pending, p)
	l.bytes += len(entry)
	return index, nil
}

// Sync returns when all that was appended before is on disk, and says how many
// entries the log has then. Calls at the same time share one wait. After an
// error it may be called again.
func (l *Log) Sync() (size uint64, err error) {
	l.mu.RLock()
	through, size, closed := l.size()+uint64(len(l.pending)), l.size(), l.closed
	l.mu.RUnlock()
	if through == size {
		return size, nil
	}
	if closed {
		return size, ErrClosed
	}
	l.flush.Lock()
	defer l.flush.Unlock()
	for size = l.Size(); size < through; size = l.Size() {
		if err := l.write(); err != nil {
			return l.Size(), fmt.Errorf("sync log: %w", err)
		}
	}
	return size, nil
}

// maxBatch is how many bytes are written at once, about.
const maxBatch = 8 << 20

// write writes some of what was appended. flush is held.
func (l *Log) write() error {
	if l.file == nil {
		return ErrClosed
	}
	if l.now.full() { // only flush's holder changes now
		if err := l.rotate(); err != nil {
			return err
		}
	}
	l.mu.RLock()
	room := segmentSize - len(l.now.places)
	taken := l.pending[:min(room, len(l.pending))]
	batch, places := make([]byte, 0, roomFor(taken)), make([]place, 0, len(taken))
	for _, p := range taken {
		batch = appendEntry(batch, p.entry)
		places = append(places, place{uint32(len(batch) - len(p.entry)), uint32(len(p.entry))})
		if len(batch) > maxBatch {
			break
		}
	}
	l.mu.RUnlock()
	at, err := l.file.Append(batch)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, p := range places {
		l.now.add(l.pending[i].leaf, place{uint32(at) + p.at, p.size})
		l.bytes -= len(l.pending[i].entry)
	}
	rest := copy(l.pending, l.pending[len(places):])
	clear(l.pending[rest:])
	l.pending = l.pending[:rest]
	return nil
}

// roomFor is about how many bytes a batch of some entries takes, or the first
// batch of them.
func roomFor(all []pending) int {
	n := 1
	for _, p := range all {
		if n += len(p.entry) + 3; n > maxBatch {
			break
		}
	}
	return n
}

// rotate begins the next segment: first the index of the full one is on disk,
// then there is a file that follows it.
func (l *Log) rotate() error {
	if err := writeIndex(l.disk, &l.now); err != nil {
		return fmt.Errorf("write %s: %w", indexName(l.now.number), err)
	}
	upper := grown(l.upper, l.now.levels[segmentLevel][0])
	root, err := l.rootOf(upper)
	if err != nil {
		return err
	}
	file, err := create(l.disk, l.now.number+1, root)
	if err != nil {
		return err
	}
	old := l.file
	l.mu.Lock()
	l.upper, l.file, l.now = upper, file, segment{number: l.now.number + 1}
	l.mu.Unlock()
	return old.Close()
}

// grown is the upper part of the tree with one more segment under it. It shares
// what does not change.
func grown(upper []nodes, root Hash) []nodes {
	out := append([]nodes(nil), upper...)
	for l := 0; ; l++ {
		if l == len(out) {
			out = append(out, nil)
		}
		out[l] = append(out[l], root)
		n := len(out[l])
		if n%2 == 1 {
			return out
		}
		root = above(&out[l][n-2], &out[l][n-1])
	}
}

// Size is how many entries are in the log, on disk.
func (l *Log) Size() uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.size()
}

func (l *Log) size() uint64 { return l.now.number*segmentSize + uint64(len(l.now.places)) }

// Close syncs and closes the log.
func (l *Log) Close() error {
	var err error
	if !l.fixed {
		_, err = l.Sync()
	}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()
	return errors.Join(err, l.end())
}

func (l *Log) end() error {
	l.flush.Lock()
	defer l.flush.Unlock()
	var err error
	if l.file != nil {
		err = l.file.Close()
		l.file = nil
	}
	return errors.Join(err, l.close())
}
