package register

import (
	"bufio"
	"io"
	"sync"

	"github.com/wardflow/wardflow/runtime/agree"
)

// A machine is the state as the log sees it.
type machine struct {
	board *board

	mu    sync.RWMutex // guards what follows
	state *state
	block chan struct{} // closed when there is another block
}

func newMachine(b *board) *machine {
	m := &machine{board: b, state: newState(), block: make(chan struct{})}
	b.source = m.view
	return m
}

// Apply carries out entries of the log. An entry that can't be read is refused
// alike by every voter: it is the same bytes everywhere.
func (m *machine) Apply(entries []agree.Entry) ([][]byte, error) {
	answers := make([][]byte, len(entries))
	m.mu.Lock()
	before, block := m.state.changed, m.state.ledger.head
	for i, e := range entries {
		r := m.state.carryOut(e.Index, e.Body)
		answers[i] = r.bytes()
	}
	changed := m.state.changed
	if m.state.ledger.head != block {
		m.ringBlock()
	}
	m.mu.Unlock()
	if changed != before {
		m.board.outdate(changed)
	}
	return answers, nil
}

// carryOut is apply of a command as it stands in the log.
func (s *state) carryOut(index uint64, body []byte) result {
	c, err := decodeCommand(body)
	if err != nil {
		return refuse(faultBad, "%v", err)
	}
	return s.apply(index, c)
}

func (m *machine) view() *View {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.state.view()
}

// Snapshot takes a picture of the state, which is written while later entries
// are applied.
func (m *machine) Snapshot() (agree.Picture, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return picture{m.state.copy()}, nil
}

// Restore replaces the state with a snapshot's.
func (m *machine) Restore(from io.Reader) error {
	s, err := readState(bufio.NewReader(from))
	if err != nil {
		return err
	}
	m.mu.Lock()
	m.state = s
	m.ringBlock()
	m.mu.Unlock()
	m.board.outdate(s.changed)
	return nil
}

// ringBlock wakes who waits for a block; the caller holds mu.
func (m *machine) ringBlock() {
	close(m.block)
	m.block = make(chan struct{})
}

func (m *machine) certificate(hash [32]byte) ([]byte, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	der, ok := m.state.certificates[hash]
	return der, ok
}

type picture struct{ *state }

func (p picture) WriteTo(w io.Writer) (int64, error) {
	c := &counter{w: w}
	err := p.writeTo(c)
	return c.n, err
}

func (picture) Release() {}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
