package engine

import (
	"sync"
	"sync/atomic"

	"github.com/wardflow/wardflow/runtime/capsule"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// An outEnd is the sender's end of a link. To package firing it is an Out.
type outEnd struct {
	id   flow.LinkID
	cell *cell
	link flow.Link // changes under both locks, the cell's and mu

	loop bool // lies in a feedback loop: holds up nothing of what leads here

	watchers atomic.Pointer[[]Watcher] // nil: nobody watches; changes under mu, or when the end is gone

	// The turn's side; its cell's lock guards it.
	fresh   []flow.Token // given, not laid into out yet
	weights []int32      // of fresh, bytes, about
	room    int          // how many more out has room for, at least

	mu      sync.Mutex // guards what follows
	out     capsule.Out
	to      sink
	free    bool // its queue is what the engine likes
	status  status
	held    link.Frame // taken from out, not taken by to yet
	holding bool
	starved bool   // the actor has found no room
	given   uint64 // tokens given since the start here
	bytes   uint64 // of them, about
}

// Room is how many tokens may be offered.
func (o *outEnd) Room() int {
	if o.room == 0 {
		o.mu.Lock()
		o.lay()
		o.room = o.out.Room()
		o.starved = o.room == 0
		o.mu.Unlock()
	}
	return o.room
}

// Offer keeps a token for the link. The caller has seen room.
func (o *outEnd) Offer(t *flow.Token, bytes int) {
	o.fresh = append(o.fresh, *t)
	o.weights = append(o.weights, int32(bytes))
	o.room--
}

// Made is how many tokens were ever offered.
func (o *outEnd) Made() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.Made() + uint64(len(o.fresh))
}

// flush ends a turn: what was given stands in the link.
func (o *outEnd) flush() {
	if len(o.fresh) > 0 {
		o.mu.Lock()
		o.lay()
		o.mu.Unlock()
	}
	o.room = 0 // there may be more by the next turn, or less
}

// lay numbers and holds what was given; the caller holds the lock.
func (o *outEnd) lay() {
	o.out.OfferAll(o.fresh, o.weights)
	o.given += uint64(len(o.fresh))
	for _, w := range o.weights {
		o.bytes += uint64(w)
	}
	clear(o.fresh)
	o.fresh, o.weights = o.fresh[:0], o.weights[:0]
}

// trim lets memory go that a burst has left behind.
func (o *outEnd) trim() {
	if len(o.fresh) == 0 {
		o.fresh, o.weights = nil, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.out.Trim()
}

// As the capsule's.

// Place is where the link is, for a step.
func (o *outEnd) Place(out []flow.OutToken, whole bool) (capsule.Place, []flow.OutToken) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.Place(out, whole)
}

// Undo takes back what was given since the last step.
func (o *outEnd) Undo() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.given -= o.out.Fresh()
	o.out.Undo()
	clear(o.fresh)
	o.fresh, o.weights, o.room = o.fresh[:0], o.weights[:0], 0
}

// Release lets the tokens that a kept checkpoint covers go.
func (o *outEnd) Release(upto uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.out.Release(upto)
	o.pump()
}

// ready sends what may be sent now that there is room on the way again.
func (o *outEnd) ready() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if far, ok := o.to.(*farEnd); ok {
		far.ready()
	}
	o.pump()
}

// pump sends what may be sent; the caller holds the lock.
func (o *outEnd) pump() {
	if !o.status.isUp {
		return
	}
	if in, local := o.to.(*inEnd); local {
		var f link.Frame
		for o.out.Show(&f, frameTokens) {
			in.frame(&f)
			o.show(&f)
		}
		return
	}
	for {
		if !o.holding && !o.out.Next(&o.held, farTokens) {
			return
		}
		frame := o.held
		if o.holding = !o.to.frame(&frame); o.holding {
			return
		}
		o.show(&o.held)
	}
}

// joins is the link as it is now.
func (o *outEnd) joins() flow.Link {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.link
}

func (o *outEnd) local() *inEnd {
	o.mu.Lock()
	defer o.mu.Unlock()
	in, _ := o.to.(*inEnd)
	if !o.status.isUp {
		return nil
	}
	return in
}

func (o *outEnd) refuse(why string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.out.Closed()
	o.holding = false
	return o.status.refuse(why)
}

// up says that the link is there; the tokens flow once the other end has
// answered where it is.
func (o *outEnd) up(peer flow.Identity, to sink) {
	o.mu.Lock()
	o.out.Closed()
	o.holding = false
	o.to = to
	if o.free {
		queue := 0 // the window alone
		if _, local := to.(*inEnd); local {
			queue = nearTokens
		}
		o.out.Queue(queue)
	}
	o.status = status{peer: o.cell.eng.names.identity(&peer)}
	made, settled := o.out.Made(), o.out.SettledTo()
	o.mu.Unlock()
	to.open(o, made, settled)
}

func (o *outEnd) down(why string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.out.Closed()
	o.holding = false
	o.to = nil
	o.status.isUp, o.status.why, o.status.peer = false, why, nobody
}

// opened is the other end's answer to open.
func (o *outEnd) opened(taken, credit uint64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.out.Opened(taken, credit); err != nil {
		o.status.why = err.Error()
		return err
	}
	o.status.isUp, o.status.why, o.status.refused = true, "", ""
	o.feed()
	o.pump()
	return nil
}

func (o *outEnd) credit(upto uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.out.Credit(upto)
	o.feed()
	o.pump()
}

// settled frees what has taken effect; the actor may have room again, and its
// own in-links may be settled.
func (o *outEnd) settled(upto uint64) error {
	o.mu.Lock()
	freed, err := o.out.Settled(upto)
	upto = o.out.SettledTo()
	o.feed()
	o.mu.Unlock()
	if freed > 0 {
		o.cell.capsule.Settled(o, upto)
		o.cell.heard()
	}
	return err
}

// feed wakes an actor that has found no room when there is some; the caller
// holds the lock.
func (o *outEnd) feed() {
	if o.starved && o.out.Room() > 0 {
		o.starved = false
		o.cell.wake()
	}
}
