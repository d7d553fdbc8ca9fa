package bridge

import (
	"errors"
	"fmt"
	"sync"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// A Side is one of the two engines.
type Side int

// The sides.
const (
	Left  Side = 0
	Right Side = 1
)

// Other is the side across.
func (s Side) Other() Side { return 1 - s }

// A Bridge carries links between two engines. Any goroutine may use it.
type Bridge struct {
	engines [2]*engine.Engine
	lanes   [2]*lane // by the side that they lead to
	done    sync.WaitGroup

	mu    sync.RWMutex // guards what follows; read while a message of a life is handed over
	lives map[flow.LinkID]uint64
	last  uint64
}

// New makes a bridge with no links. Close ends it.
func New(left, right *engine.Engine) *Bridge {
	b := &Bridge{engines: [2]*engine.Engine{left, right}, lives: map[flow.LinkID]uint64{}}
	for side := range b.lanes {
		l := newLane()
		b.lanes[side] = l
		b.done.Go(func() { b.carry(l, Side(side)) })
	}
	return b
}

// Close ends the bridge. Its links stay as they are and carry nothing more.
func (b *Bridge) Close() {
	for _, l := range b.lanes {
		l.close()
	}
	b.done.Wait()
}

// Open opens a link whose sender runs on one side and whose receiver runs on
// the other. One that is open already is shut first.
func (b *Bridge) Open(id flow.LinkID, sender Side) error {
	b.Shut(id)
	b.mu.Lock()
	b.last++
	life := b.last
	b.lives[id] = life
	b.mu.Unlock()
	// The receiver first: the sender asks it where it is.
	for _, side := range []Side{sender.Other(), sender} {
		if err := b.engines[side].Up(id, flow.Identity{}, b.lanes[side.Other()].sender(id, life)); err != nil {
			b.Shut(id)
			return fmt.Errorf("bridge %s: %w", id, err)
		}
	}
	return nil
}

// Shut closes a link; what is on its way is lost. Shutting one that is not open
// does nothing.
func (b *Bridge) Shut(id flow.LinkID) {
	b.mu.Lock()
	_, open := b.lives[id]
	delete(b.lives, id)
	b.mu.Unlock()
	if open {
		b.down(id)
	}
}

func (b *Bridge) down(id flow.LinkID) {
	for _, e := range b.engines {
		e.Down(id, "the bridge has shut it", false)
	}
}

// AtRest reports whether nothing is on its way.
func (b *Bridge) AtRest() bool { return b.lanes[Left].atRest() && b.lanes[Right].atRest() }

// carry brings what is on a lane to the engine at its end.
func (b *Bridge) carry(l *lane, to Side) {
	var m link.Message
	for {
		p, ok := l.next()
		if !ok {
			return
		}
		if err := link.ReadMessage(p.bytes, p.link, &m); err != nil {
			panic("bridge: a message does not read as it was written: " + err.Error())
		}
		b.hand(p, m, to)
		for _, id := range l.turned() {
			b.engines[to.Other()].Ready(id)
		}
		l.arrived()
	}
}

// hand gives a message to its engine, unless its link's life is over.
func (b *Bridge) hand(p parcel, m link.Message, to Side) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.lives[p.link] != p.life {
		return
	}
	// A link whose actor has just stopped is shut by who stopped it.
	if err := b.engines[to].Receive(p.link, m); err != nil && !errors.Is(err, flow.ErrLater) {
		panic("bridge: an end breaks the protocol: " + err.Error())
	}
}
