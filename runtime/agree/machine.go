package agree

import (
	"errors"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/raft"
)

// A Machine is what the entries of a group are carried out on. The same entries
// in the same order must lead to the same state and the same answers on every
// voter: it reads no clock and draws no number. Its methods are called one at a
// time, but for a Picture's.
type Machine interface {
	// Apply carries out entries that were agreed, in order, and gives one
	// answer (or nil) for each. An entry that makes no sense is answered so. An
	// error is for trouble of this node alone, such as a full disk: nothing of
	// the entries has been applied then, the leader steps down if it is this
	// node, and the same entries come again until it works or the group closes.
	Apply(entries []Entry) (answers [][]byte, err error)
	// Snapshot takes a picture of the state that later entries don't touch.
	Snapshot() (Picture, error)
	// Restore replaces the state by what a Picture wrote.
	Restore(from io.Reader) error
}

// A Durable machine keeps its state on disk itself. When it opens it is not
// restored from a snapshot it has already, and entries that it has are not
// applied to it again.
type Durable interface {
	Machine
	// Applied is the index of the last entry that is on disk; 0: none.
	Applied() uint64
}

// A Weigher is a machine that says itself when a snapshot is due, given the bytes
// of log since the last one.
type Weigher interface {
	Machine
	Due(written uint64) bool
}

// An Entry is one entry of the log. Its index rises, with gaps.
type Entry struct {
	Index uint64
	Body  []byte // not to be changed
}

// A Picture is a state as it was. WriteTo may run beside Apply.
type Picture interface {
	WriteTo(w io.Writer) (int64, error)
	Release()
}

var errBroken = errors.New("the machine has not applied all that was agreed")

// An fsm is a machine as raft sees it.
type fsm struct {
	g       *Group
	m       Machine
	written atomic.Uint64 // bytes applied since the last snapshot
	one     sync.Mutex    // held during a call of m

	mu      sync.Mutex // guards what follows
	applied uint64     // index of the last entry m has; 0: none since it was restored
	rung    chan struct{}
	ended   <-chan struct{} // of the voter
	broken  bool            // stopped between two entries, while closing
}

func newFSM(g *Group, m Machine) *fsm {
	f := &fsm{g: g, m: m, rung: make(chan struct{})}
	if d, ok := m.(Durable); ok {
		f.applied = d.Applied()
	}
	return f
}

// begin is called for each log that is opened.
func (f *fsm) begin(ended <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended, f.broken = ended, false
}

// has is the index up to which the machine has what is agreed. After a restore
// that is the snapshot's, which raft knows, and sets when the restore is done.
func (f *fsm) has(v *voter) (applied uint64, changed <-chan struct{}) {
	if applied, changed = f.reached(); applied == 0 {
		applied, _ = strconv.ParseUint(v.raft.Stats()["last_snapshot_index"], 10, 64)
	}
	return applied, changed
}

func (f *fsm) reached() (applied uint64, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.applied, f.rung
}

func (f *fsm) reach(index uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.applied = index
	close(f.rung)
	f.rung = make(chan struct{})
}

// Apply is there because raft asks for it: entries come by ApplyBatch.
func (f *fsm) Apply(l *raft.Log) any { return f.ApplyBatch([]*raft.Log{l})[0] }

// ApplyBatch carries out what was agreed. What the machine has already, because
// this node held the log before, is passed over, and so is what came too late.
func (f *fsm) ApplyBatch(logs []*raft.Log) []any {
	out := make([]any, len(logs))
	has, _ := f.reached()
	var entries []Entry
	var at []int
	last := has
	for i, l := range logs {
		if l.Type != raft.LogCommand || l.Index <= has {
			continue
		}
		if !inTime(l) {
			out[i] = errLate
			continue
		}
		f.written.Add(uint64(len(l.Data)))
		entries, at = append(entries, Entry{l.Index, l.Data}), append(at, i)
		last = l.Index
	}
	if len(entries) == 0 {
		return out
	}
	answers, ok := f.insist(entries)
	if !ok {
		for _, i := range at {
			out[i] = errBroken
		}
		return out
	}
	for i, a := range answers {
		out[at[i]] = a
	}
	f.reach(last)
	if f.due() {
		f.g.shorten()
	}
	return out
}

// due reports whether it is time for a snapshot.
func (f *fsm) due() bool {
	if w, ok := f.m.(Weigher); ok {
		return w.Due(f.written.Load())
	}
	return f.written.Load() > f.g.cfg.Snapshot
}

// insist tries until the machine has applied the entries or the group closes.
func (f *fsm) insist(entries []Entry) (answers [][]byte, ok bool) {
	f.mu.Lock()
	broken, ended := f.broken, f.ended
	f.mu.Unlock()
	for wait := 50 * time.Millisecond; !broken; wait = min(2*wait, 5*time.Second) {
		f.one.Lock()
		answers, err := f.m.Apply(entries)
		f.one.Unlock()
		if err == nil {
			f.g.stuck("")
			return answers, true
		}
		f.g.stuck(err.Error())
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ended:
			broken = true
		}
		timer.Stop()
	}
	f.mu.Lock()
	f.broken = true
	f.mu.Unlock()
	return nil, false
}

// Snapshot takes a picture, which Persist writes while later entries are applied.
func (f *fsm) Snapshot() (raft.FSMSnapshot, error) {
	f.mu.Lock()
	broken := f.broken
	f.mu.Unlock()
	if broken {
		return nil, errBroken
	}
	p, err := f.picture()
	if err != nil {
		return nil, err
	}
	f.written.Store(0)
	return picture{p}, nil
}

func (f *fsm) picture() (Picture, error) {
	f.one.Lock()
	defer f.one.Unlock()
	return f.m.Snapshot()
}

func (f *fsm) Restore(from io.ReadCloser) error {
	defer from.Close()
	f.one.Lock()
	err := f.m.Restore(from)
	f.one.Unlock()
	if err != nil {
		return err
	}
	f.reach(0) // raft goes on with entries after the snapshot only
	return nil
}

type picture struct{ Picture }

func (p picture) Persist(sink raft.SnapshotSink) error {
	if _, err := p.WriteTo(sink); err != nil {
		sink.Cancel()
		return err
	}
	return sink.Close()
}
