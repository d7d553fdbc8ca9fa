package register

import (
	"io"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/raft"
)

// A machine is the state as raft sees it.
type machine struct {
	board   *board
	written atomic.Uint64 // bytes applied since the last snapshot

	mu    sync.RWMutex // guards state
	state *state
}

func newMachine(b *board) *machine { return &machine{board: b, state: newState()} }

// Apply carries out one entry of the log. An entry that can't be read is
// refused alike by every voter: it is the same bytes everywhere.
func (m *machine) Apply(l *raft.Log) any {
	m.written.Add(uint64(len(l.Data)))
	c, err := decodeCommand(l.Data)
	if err != nil {
		return refuse(faultBad, "%v", err)
	}
	m.mu.Lock()
	before := m.state.changed
	r := m.state.apply(l.Index, c)
	var v *View
	if m.state.changed != before {
		v = m.state.view()
	}
	m.mu.Unlock()
	if v != nil {
		m.board.show(v, false)
	}
	return r
}

// Snapshot takes a picture of the state, which Persist writes while later
// entries are applied.
func (m *machine) Snapshot() (raft.FSMSnapshot, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	m.written.Store(0)
	return picture{m.state.copy()}, nil
}

// Restore replaces the state with a snapshot's.
func (m *machine) Restore(from io.ReadCloser) error {
	defer from.Close()
	s, err := readState(from)
	if err != nil {
		return err
	}
	m.mu.Lock()
	m.state = s
	v := s.view()
	m.mu.Unlock()
	m.board.show(v, true)
	return nil
}

func (m *machine) certificate(hash [32]byte) ([]byte, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	der, ok := m.state.certificates[hash]
	return der, ok
}

type picture struct{ *state }

func (p picture) Persist(sink raft.SnapshotSink) error {
	if err := p.writeTo(sink); err != nil {
		sink.Cancel()
		return err
	}
	return sink.Close()
}

func (picture) Release() {}
