package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/wal"
)

// Config is what a journal needs: Dir or Disk.
type Config struct {
	Dir   string   // folder, made if it is not there; one process uses it at a time
	Disk  wal.Disk // instead of Dir, such as one that misbehaves
	Limit int64    // bytes that it may have on disk; default [DefaultLimit]
	Log   *slog.Logger
}

// DefaultLimit is a journal's bound where nothing else is said, in bytes. Most of
// what it holds are tokens given and not settled: at most a window on each link.
const DefaultLimit = 1 << 30

// ErrClosed reports a journal that is closed.
var ErrClosed = errors.New("the journal is closed")

// A Journal keeps checkpoints of local actors. Its methods may be called from any
// goroutine.
type Journal struct {
	folder *wal.Folder // nil: the disk is somebody else's
	slog   *slog.Logger
	limit  int64
	turn   chan struct{} // holds one: somebody writes, who owns what follows

	log    *wal.Log
	live   int64                  // bytes of the log when it was last written anew
	held   int                    // tokens in it then
	freed  int                    // tokens that were let go since, at least
	actors map[flow.ActorID]whole // read under mu too, and changed under both
	plan   *plan

	mu      sync.Mutex // guards what follows
	closed  bool
	waiting []*request
	commits uint64
}

const logName = "journal.log"

// Open opens a journal and reads what it holds.
func Open(cfg Config) (*Journal, error) {
	j := &Journal{slog: cfg.Log, limit: cfg.Limit, turn: make(chan struct{}, 1), actors: map[flow.ActorID]whole{}}
	if j.limit == 0 {
		j.limit = DefaultLimit
	}
	if j.slog == nil {
		j.slog = slog.New(slog.DiscardHandler)
	}
	disk := cfg.Disk
	if disk == nil {
		var err error
		if j.folder, err = wal.OpenFolder(cfg.Dir); err != nil {
			return nil, fmt.Errorf("journal: %w", err)
		}
		disk = j.folder
	}
	if err := j.load(disk); err != nil {
		if j.folder != nil {
			err = errors.Join(err, j.folder.Close())
		}
		return nil, fmt.Errorf("journal: %w", err)
	}
	return j, nil
}

func (j *Journal) load(disk wal.Disk) (err error) {
	j.log, err = wal.Open(disk, logName, func(_ int64, b []byte) error { return replay(j.actors, b) })
	if err != nil {
		return err
	}
	for id, w := range j.actors {
		w.ran = false
		j.actors[id] = w
	}
	if j.plan, err = openPlan(disk); err != nil {
		return errors.Join(err, j.log.Close())
	}
	return nil
}

// Fence begins an epoch of an actor: from its return on steps of any other epoch
// are refused. It gives the newest checkpoint, whole, for the new activation to
// begin from; one of epoch 0 says that nothing is kept here.
//
// An epoch below one seen before is [flow.ErrStale]. The same epoch once more is
// for a node that restarts while it can't claim a new one; in the process that
// has committed under it, it is stale too, since a commit of the activation
// before could still be on its way.
func (j *Journal) Fence(ctx context.Context, actor flow.ActorID, epoch uint64) (flow.Checkpoint, error) {
	var newest flow.Checkpoint
	err := j.submit(ctx, func(c *change) error {
		w, _ := c.get(actor)
		if epoch < w.fence || epoch == w.fence && w.ran {
			return fmt.Errorf("epoch %d of %s, which is at %d: %w", epoch, actor, w.fence, flow.ErrStale)
		}
		newest = w.checkpoint(actor)
		if epoch > w.fence {
			w.fence, w.ran = epoch, false
			c.put(actor, w)
			c.record = appendFence(c.record, actor, epoch)
		}
		return nil
	})
	if err != nil {
		return flow.Checkpoint{}, fmt.Errorf("journal: begin: %w", err)
	}
	return newest, nil
}

// Adopt lays down a whole checkpoint for an actor that was kept elsewhere until
// now, such as in the register, in place of all there is of it here. Steps of
// the epoch c.Epoch follow on it.
func (j *Journal) Adopt(ctx context.Context, c flow.Checkpoint) error {
	err := j.submit(ctx, func(ch *change) error {
		w, _ := ch.get(c.Actor)
		if c.Epoch < w.fence {
			return fmt.Errorf("epoch %d of %s, which is at %d: %w", c.Epoch, c.Actor, w.fence, flow.ErrStale)
		}
		next := wholeOf(c, c.Epoch)
		b, err := appendWhole(ch.record, c.Actor, next)
		if err != nil {
			return err
		}
		ch.record = b
		ch.put(c.Actor, next)
		return nil
	})
	if err != nil {
		return fmt.Errorf("journal: adopt: %w", err)
	}
	return nil
}

// Commit keeps steps, all or, with an error, none; then they may be offered
// again. Actors whose epoch is not the one that [Journal.Fence] has let in last
// are returned, and nothing of them is kept; the others are. What is to be kept
// of maps and lists is copied; State is not.
func (j *Journal) Commit(ctx context.Context, steps []flow.Checkpoint) (stale []flow.ActorID, err error) {
	err = j.submit(ctx, func(c *change) error {
		stale, err = nil, nil
		fresh, record := make(map[flow.ActorID]whole, len(steps)), c.record
		for _, s := range steps {
			w, ok := fresh[s.Actor]
			if !ok {
				w, _ = c.get(s.Actor)
			}
			next, news, ok := w.step(s)
			if !ok {
				stale = append(stale, s.Actor)
				continue
			}
			b, err := appendStep(record, news)
			if err != nil {
				return err
			}
			record, fresh[s.Actor] = b, next
		}
		for id, w := range fresh {
			c.put(id, w)
		}
		c.record = record
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("journal: commit of %d actors: %w", len(steps), err)
	}
	return stale, nil
}

// Forget lets go of actors that are in no plan any more. One that comes again,
// under any epoch, begins anew.
func (j *Journal) Forget(ctx context.Context, ids ...flow.ActorID) error {
	err := j.submit(ctx, func(c *change) error {
		for _, id := range ids {
			if _, ok := c.get(id); ok {
				c.drop(id)
				c.record = appendForget(c.record, id)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("journal: forget %d actors: %w", len(ids), err)
	}
	return nil
}

// Actors are those kept here, with the epoch that may commit.
func (j *Journal) Actors() map[flow.ActorID]uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	m := make(map[flow.ActorID]uint64, len(j.actors))
	for id, w := range j.actors {
		m[id] = w.fence
	}
	return m
}

// A Status says how a journal is.
type Status struct {
	Actors  int
	Commits uint64 // groups that went to the disk since it was opened
}

// Status says how it is.
func (j *Journal) Status() Status {
	j.mu.Lock()
	defer j.mu.Unlock()
	return Status{Actors: len(j.actors), Commits: j.commits}
}

// Close ends all use. What was committed is on disk.
func (j *Journal) Close() error {
	j.mu.Lock()
	was := j.closed
	j.closed = true
	j.mu.Unlock()
	if was {
		return nil
	}
	j.turn <- struct{}{}
	j.flush() // of whoever came before
	err := errors.Join(j.log.Close(), j.plan.close())
	<-j.turn
	if j.folder != nil {
		err = errors.Join(err, j.folder.Close())
	}
	return err
}
