package engine

import (
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// An actor that has something to do borrows a mailbox, and gives it back when it
// has done all: so an actor that waits takes no memory for one. Tokens never
// stand in one.

// keptBoxes is how many mailboxes are kept that nobody needs.
const keptBoxes = 256

// Mailboxes are protoactor's actors that nobody has borrowed.
type mailboxes struct {
	system *actor.ActorSystem
	props  *actor.Props

	mu   sync.Mutex // guards free
	free []*actor.PID
}

func newMailboxes(system *actor.ActorSystem) *mailboxes {
	return &mailboxes{system: system, props: actor.PropsFromFunc(receive)}
}

func (m *mailboxes) lend() *actor.PID {
	m.mu.Lock()
	if n := len(m.free); n > 0 {
		pid := m.free[n-1]
		m.free = m.free[:n-1]
		m.mu.Unlock()
		return pid
	}
	m.mu.Unlock()
	return m.system.Root.Spawn(m.props)
}

func (m *mailboxes) back(pid *actor.PID) {
	m.mu.Lock()
	kept := len(m.free) < keptBoxes
	if kept {
		m.free = append(m.free, pid)
	}
	m.mu.Unlock()
	if !kept {
		m.system.Root.Stop(pid)
	}
}

// What stands in a mailbox.
type (
	// wakeUp says to an actor: look at your actions. At most one of each actor
	// is in a mailbox.
	wakeUp struct{ *cell }
	// errand is something to do between two firings.
	errand struct {
		*cell
		do func()
	}
)

// receive is what a mailbox's goroutine does.
func receive(ac actor.Context) {
	switch m := ac.Message().(type) {
	case wakeUp:
		m.turn()
		m.post.received(m.eng.boxes)
	case errand:
		m.do()
		m.post.received(m.eng.boxes)
	}
}

// A post is the mailbox that an actor has borrowed.
type post struct {
	mu      sync.Mutex // guards what follows
	box     *actor.PID // nil: none
	waiting int        // in it, with the one being done
	gone    bool       // the actor has ended
}

// send lays a message into the actor's mailbox; false means that it has ended.
// It never blocks.
func (p *post) send(from *mailboxes, m any) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.gone {
		return false
	}
	if p.box == nil {
		p.box = from.lend()
	}
	p.waiting++
	from.system.Root.Send(p.box, m)
	return true
}

func (p *post) received(to *mailboxes) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting--; p.waiting == 0 {
		to.back(p.box)
		p.box = nil
	}
}

// close says that the actor takes no more messages.
func (p *post) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone = true
}
