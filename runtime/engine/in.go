package engine

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/capsule"
	"github.com/wardflow/wardflow/runtime/firing"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// An inEnd is the receiver's end of a link. To package firing it is an In.
type inEnd struct {
	id   flow.LinkID
	cell *cell
	link flow.Link // changes under both locks, the cell's and mu

	// The turn's side; its cell's lock guards it.
	seen []flow.Token   // what waited at the last look, or a part of it
	took int            // how many of them were taken since
	most int            // how many may be, before the sender must hear of it
	far  *flow.Identity // who was at the other end then

	letters atomic.Uint64 // tokens that became dead letters since the start here

	turned atomic.Bool // another stands at the other end since the last look

	mu     sync.Mutex // guards what follows
	in     capsule.In
	from   back
	free   bool // its queue is what the engine likes
	asked  bool // the sender has asked where this end is: from may be told more
	status status
	hungry bool   // the actor has found nothing
	got    uint64 // tokens accepted since the start here
	ages   Ages   // of tokens when they are taken
}

// Len is how many tokens wait, at least.
func (i *inEnd) Len() int {
	if i.took == len(i.seen) {
		i.look()
	}
	return len(i.seen) - i.took
}

// Peek is the next token and who sent it.
func (i *inEnd) Peek(t *flow.Token, peer *flow.Identity) bool {
	if i.took == len(i.seen) && !i.look() {
		return false
	}
	*t, *peer = i.seen[i.took], *i.far
	return true
}

// Take takes the token that Peek has shown.
func (i *inEnd) Take(time.Time) {
	if i.took++; i.took >= i.most {
		i.look()
	}
}

// Lettered counts a token that Take took and that became a dead letter: it is
// [firing.Counts]'s.
func (i *inEnd) Lettered() { i.letters.Add(1) }

// look tells the link what was taken and sees what waits now.
func (i *inEnd) look() bool {
	for again := true; again; {
		i.mu.Lock()
		from, credit := i.tell()
		i.seen, i.took, i.far = i.in.Waiting(), 0, i.status.peer
		i.hungry = len(i.seen) == 0
		again = i.hungry && from != nil // what the sender holds comes at once
		i.mu.Unlock()
		if from != nil {
			from.credit(credit)
		}
	}
	return len(i.seen) > 0
}

// tell counts what was taken, and gives whom to grant new credit, if that is
// due; the caller holds the lock.
func (i *inEnd) tell() (back, uint64) {
	if i.took == 0 {
		return nil, 0
	}
	i.ages.addAll(i.seen[:i.took], i.cell.now)
	i.in.TakeAll(i.took)
	return i.grant()
}

// grant is whom to tell of new credit, if that is due; the caller holds the
// lock.
func (i *inEnd) grant() (back, uint64) {
	if i.from == nil || !i.asked || !i.in.GrantDue() {
		return nil, 0
	}
	return i.from, i.in.Credit()
}

// flush ends a turn: what was taken is counted.
func (i *inEnd) flush() {
	if i.took > 0 {
		i.look()
	}
}

// trim lets memory go that a burst has left behind.
func (i *inEnd) trim() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.in.Trim()
}

// As the capsule's.

// Place is where the link is, for a step.
func (i *inEnd) Place() (key flow.LinkID, taken uint64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.in.Place()
}

// Undo gives back what was taken since the last step.
func (i *inEnd) Undo() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.in.Undo()
	i.seen, i.took = nil, 0
}

// Settle tells the sender that tokens up to that number have taken effect.
func (i *inEnd) Settle(upto uint64) {
	i.mu.Lock()
	news, from := i.in.Settle(upto) && i.asked, i.from
	i.mu.Unlock()
	if news && from != nil {
		from.settled(upto)
	}
}

func (i *inEnd) up(peer flow.Identity, from back) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.from, i.asked = from, false
	if window := i.cell.eng.cfg.Window; i.free {
		if _, local := from.(localBack); local {
			window = min(window, nearTokens)
		}
		i.in.Widen(window)
	}
	i.status = status{peer: i.cell.eng.names.identity(&peer), isUp: true}
	i.turned.Store(true)
}

func (i *inEnd) down(why string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.from = nil
	i.status.isUp, i.status.why = false, why // the peer stays: what it sent is still in the queue
}

func (i *inEnd) refuse(why string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.from = nil
	i.turned.Store(true)
	return i.status.refuse(why)
}

// answer tells a sender that asks where this end is.
func (i *inEnd) answer() error {
	i.mu.Lock()
	from, taken, credit := i.from, i.in.Received(), i.in.Credit()
	i.mu.Unlock()
	if from == nil {
		return fmt.Errorf("link %s is not up: %w", i.id, flow.ErrLater)
	}
	if err := from.opened(taken, credit); err != nil {
		i.down(err.Error())
		return err
	}
	i.mu.Lock()
	if i.from != from {
		i.mu.Unlock()
		return nil // another connection has come
	}
	i.asked = true // only now, so that the answer comes first
	settled := i.in.SettledTo()
	due, credit := i.grant()
	i.mu.Unlock()
	if due != nil {
		due.credit(credit)
	}
	from.settled(settled)
	return nil
}

// acceptFar is accept of a frame from another node.
func (i *inEnd) acceptFar(f *link.Frame) error {
	var room [farTokens]int32
	weights := room[:0]
	for n := range f.Tokens {
		w, err := firing.Weigh(f.Tokens[n].Value)
		if err != nil {
			return fmt.Errorf("link %s: token %d: %w", i.id, f.First+uint64(n), err)
		}
		weights = append(weights, int32(w))
	}
	return i.accept(f, weights)
}

// accept queues a frame's new tokens.
func (i *inEnd) accept(f *link.Frame, weights []int32) error {
	i.mu.Lock()
	n, err := i.in.AcceptOf(f, weights)
	i.got += uint64(n)
	wake := n > 0 && i.hungry
	if wake {
		i.hungry = false
	}
	i.mu.Unlock()
	if wake {
		i.cell.wake()
	}
	return err
}

func (i *inEnd) ready() {
	i.mu.Lock()
	far, ok := i.from.(*farEnd)
	i.mu.Unlock()
	if ok {
		far.ready()
	}
}
