package bridge

import (
	"math"
	"sync"

	"github.com/wardflow/wardflow/runtime/engine"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// laneMessages is how many messages a lane holds: few, so that senders learn to
// wait.
const laneMessages = 16

// A parcel is a message of one life of a link.
type parcel struct {
	link  flow.LinkID
	life  uint64
	bytes []byte
}

// A lane leads to one engine.
type lane struct {
	mu      sync.Mutex // guards what follows
	more    *sync.Cond // something waits, or the lane is closed
	waiting []parcel
	carried bool                 // a parcel has been taken and has not arrived
	full    map[flow.LinkID]bool // links that found no room
	closed  bool
}

func newLane() *lane {
	l := &lane{full: map[flow.LinkID]bool{}}
	l.more = sync.NewCond(&l.mu)
	return l
}

// sender takes the messages of one life of a link, as an engine wants it.
func (l *lane) sender(id flow.LinkID, life uint64) engine.Send {
	return func(m link.Message) bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		if len(l.waiting) >= laneMessages {
			l.full[id] = true
			return false
		}
		b, _, err := link.AppendMessage(nil, &m, math.MaxInt)
		if err != nil {
			panic("bridge: " + err.Error()) // the engine has weighed each token
		}
		l.waiting = append(l.waiting, parcel{id, life, b})
		l.more.Signal()
		return true
	}
}

// next waits for a parcel; false means that the lane is closed.
func (l *lane) next() (parcel, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) == 0 && !l.closed {
		l.more.Wait()
	}
	if l.closed {
		return parcel{}, false
	}
	p := l.waiting[0]
	l.waiting = append(l.waiting[:0], l.waiting[1:]...)
	l.carried = true
	return p, true
}

// turned are the links that were turned away and may send again.
func (l *lane) turned() []flow.LinkID {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ready []flow.LinkID
	for id := range l.full {
		ready = append(ready, id)
	}
	clear(l.full)
	return ready
}

// arrived ends what next began.
func (l *lane) arrived() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.carried = false
}

func (l *lane) atRest() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting) == 0 && !l.carried
}

func (l *lane) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.more.Broadcast()
}
