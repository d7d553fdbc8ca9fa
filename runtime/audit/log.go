package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/wal"
)

// A Config says where the record is and who signs it. Dir, unless there is a
// Disk, and Node are required.
type Config struct {
	Dir    string             // of its files; one process uses it at a time
	Node   flow.NodeID        // whose record it is
	Signer func() flow.Signer // the node's certificate, asked for at each seal; nil: nothing is sealed
	Log    *slog.Logger       // default: none

	FileSize  int64         // bytes after which the next file begins; default 8 MiB
	Files     int           // how many are kept, at least 2; default 16
	SealEvery time.Duration // while there is something new; default 1 min
	Queue     int           // events that may wait for the disk; default 4096

	Disk wal.Disk // in place of Dir, in tests
}

func (c *Config) setDefaults() error {
	if c.Dir == "" && c.Disk == nil || c.Node == "" {
		return errors.New("audit: Config.Dir and Config.Node must be set")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.FileSize <= 0 {
		c.FileSize = 8 << 20
	}
	if c.Files == 0 {
		c.Files = 16
	}
	c.Files = max(c.Files, 2)
	if c.SealEvery <= 0 {
		c.SealEvery = time.Minute
	}
	if c.Queue <= 0 {
		c.Queue = 4096
	}
	return nil
}

// A Log is a node's record, open to be written. Its methods may be called by many
// goroutines.
type Log struct {
	cfg   Config
	disk  wal.Disk
	close func() error

	queue chan flow.AuditEvent
	flush chan chan error
	stop  chan struct{}
	once  sync.Once
	done  sync.WaitGroup
	err   error // of the end; set before done is

	mu    sync.Mutex // guards what follows
	limit limiter
	lost  uint64

	writer // of run alone
}

// Open opens a record, or begins one. What was not wholly written when the node
// ended is cut off. A record that somebody changed is gone on with in a new file,
// which says so: the ward must have its node, and [Verify] still names the entry.
func Open(cfg Config) (*Log, error) {
	if err := cfg.setDefaults(); err != nil {
		return nil, err
	}
	l := &Log{cfg: cfg, disk: cfg.Disk, close: func() error { return nil }, queue: make(chan flow.AuditEvent, cfg.Queue),
		flush: make(chan chan error), stop: make(chan struct{}), limit: limiter{map[source]*tally{}}}
	if l.disk == nil {
		folder, err := wal.OpenFolder(cfg.Dir)
		if err != nil {
			return nil, fmt.Errorf("open the audit record: %w", err)
		}
		l.disk, l.close = folder, folder.Close
	}
	l.writer = writer{cfg: &l.cfg, disk: l.disk}
	if err := l.writer.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("open the audit record: %w", err), l.writer.end(), l.close())
	}
	l.done.Go(l.run)
	return l, nil
}

// Add puts an event into the record, soon. It does not block: what comes faster
// than the disk takes it is counted, and the count written. It reports whether
// the event will stand by itself; otherwise it is only counted, because there
// were many of its kind and source, or because of the disk.
func (l *Log) Add(e flow.AuditEvent) bool {
	now := time.Now()
	if e.At.IsZero() {
		e.At = now
	}
	e = cut(e)
	e.At = e.At.UTC().Round(0)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.limit.take(e, now) {
		return false
	}
	select {
	case l.queue <- e:
		return true
	default:
		l.lost++
		return false
	}
}

// Flush returns when all that was added before is on disk.
func (l *Log) Flush(ctx context.Context) error {
	done := make(chan error, 1)
	select {
	case l.flush <- done:
		return <-done
	case <-l.stop:
		return errors.New("the audit record is closed")
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close writes what waits, seals it, and returns when nothing runs any more.
func (l *Log) Close() error {
	l.once.Do(func() { close(l.stop) })
	l.done.Wait()
	return l.err
}

// run writes until stop is closed.
func (l *Log) run() {
	sums, seal := time.NewTicker(sumEvery), time.NewTicker(l.cfg.SealEvery)
	defer sums.Stop()
	defer seal.Stop()
	for {
		select {
		case e := <-l.queue:
			l.say(l.write(l.more(Entry{Event: &e})))
		case <-sums.C:
			l.say(l.write(l.sums()))
		case <-seal.C:
			l.say(l.writer.seal())
		case done := <-l.flush:
			done <- l.drain()
		case <-l.stop:
			err := errors.Join(l.drain(), l.write(l.sums()), l.writer.seal())
			l.err = errors.Join(err, l.writer.end(), l.close())
			return
		}
	}
}

// maxBatch is how many entries are written at once.
const maxBatch = 512

// more adds what waits to batch.
func (l *Log) more(batch ...Entry) []Entry {
	for len(batch) < maxBatch {
		select {
		case e := <-l.queue:
			batch = append(batch, Entry{Event: &e})
		default:
			return batch
		}
	}
	return batch
}

// drain writes all that waits.
func (l *Log) drain() error {
	for len(l.queue) > 0 {
		if err := l.write(l.more()); err != nil {
			return err
		}
	}
	return l.write(nil)
}

func (l *Log) sums() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limit.sums(time.Now())
}

// write writes a batch, with how many events were lost before it.
func (l *Log) write(batch []Entry) error {
	l.mu.Lock()
	lost := l.lost
	l.lost = 0
	l.mu.Unlock()
	events := uint64(len(batch))
	if lost > 0 {
		batch = append(batch, Entry{Lost: lost})
	}
	if len(batch) == 0 {
		return nil
	}
	err := l.writer.write(batch)
	if err != nil {
		l.mu.Lock()
		l.lost += lost + events
		l.mu.Unlock()
	}
	return err
}

// say tells of the disk's failure once.
func (l *Log) say(err error) {
	switch {
	case err != nil && !l.failing:
		l.cfg.Log.Error("audit record was not written, and what happens meanwhile is only counted", "err", err)
	case err == nil && l.failing:
		l.cfg.Log.Info("audit record is written again")
	}
	l.failing = err != nil
}
