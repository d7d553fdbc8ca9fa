package engine

import (
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// This file joins the two pure ends of package link to their actors and to
// each other: directly when both are on this node, by messages otherwise. A
// lock of an end is never held while another end or an actor is called.

// frameTokens is how many tokens travel together: beyond 64 a frame costs
// latency and gains little (substrate.md section 2.5).
const frameTokens = 64

// A sink takes what an out-end sends: the in-end on this node, or the carrier.
type sink interface {
	// open asks the other end where it is; the answer comes by outEnd.opened.
	open(o *outEnd, made, settled uint64)
	// frame takes tokens; false means not now, and outEnd.pump comes again.
	frame(f *link.Frame) bool
}

// A back takes what an in-end answers: the out-end on this node, or the carrier.
type back interface {
	opened(taken, credit uint64)
	credit(upto uint64)
	settled(upto uint64)
}

// status is what both ends know of their connection.
type status struct {
	peer    flow.Identity // verified; zero while the link is down
	refused string        // why the link may not be; "" when it may
	isUp    bool
	why     string // why it is down
}

func (s *status) refuse(why string) (changed bool) {
	changed = s.refused != why
	s.refused, s.why, s.isUp, s.peer = why, why, false, flow.Identity{}
	return changed
}

// An outEnd is the sender's end of a link.
type outEnd struct {
	id   flow.LinkID
	key  flow.LinkID // in checkpoints: id and life
	link flow.Link
	cell *cell

	mu      sync.Mutex // guards what follows
	out     *link.Out
	to      sink
	status  status
	held    link.Frame // taken from out, not taken by to yet
	holding bool
	given   uint64 // tokens given since the start here
	bytes   uint64 // of them, about
}

// room is how many tokens may be offered.
func (o *outEnd) room() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.Room()
}

// offer numbers and holds a token. The caller has seen room.
func (o *outEnd) offer(t flow.Token, bytes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, err := o.out.Offer(t); err != nil {
		panic("engine: offer without room: " + err.Error())
	}
	o.given++
	o.bytes += uint64(bytes)
}

// release lets the tokens that a committed checkpoint covers go.
func (o *outEnd) release(upto uint64) {
	o.mu.Lock()
	o.out.Release(upto)
	o.mu.Unlock()
	o.pump()
}

// pump sends what may be sent.
func (o *outEnd) pump() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.status.isUp {
		if !o.holding {
			if !o.out.Next(&o.held, frameTokens) {
				return
			}
			o.holding = true
		}
		to, frame := o.to, o.held
		if _, local := to.(*inEnd); local {
			// The frame's tokens are copied by Accept before it returns, so
			// holding the lock is safe: an in-end never calls back under its own.
			if !to.frame(&frame) {
				return
			}
		} else if !to.frame(&frame) {
			return
		}
		o.holding = false
	}
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
	o.status = status{peer: peer}
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
	o.status.isUp, o.status.why, o.status.peer = false, why, flow.Identity{}
}

// opened is the other end's answer to open.
func (o *outEnd) opened(taken, credit uint64) error {
	o.mu.Lock()
	err := o.out.Opened(taken, credit)
	if err == nil {
		o.status.isUp, o.status.why, o.status.refused = true, "", ""
	} else {
		o.status.why = err.Error()
	}
	o.mu.Unlock()
	if err == nil {
		o.pump()
	}
	return err
}

func (o *outEnd) credit(upto uint64) {
	o.mu.Lock()
	o.out.Credit(upto)
	o.mu.Unlock()
	o.pump()
}

// settled frees what has taken effect; the actor may have room again, and its
// own in-links may be settled.
func (o *outEnd) settled(upto uint64) error {
	o.mu.Lock()
	freed, err := o.out.Settled(upto)
	o.mu.Unlock()
	if err == nil && freed > 0 {
		o.cell.settleUp()
		o.cell.wake()
	}
	return err
}

func (o *outEnd) settledTo() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.SettledTo()
}

// An inEnd is the receiver's end of a link.
type inEnd struct {
	id   flow.LinkID
	key  flow.LinkID // in checkpoints: id and life
	link flow.Link
	cell *cell

	mu     sync.Mutex // guards what follows
	in     *link.In
	from   back
	status status
	got    uint64 // tokens accepted since the start here
	ages   Ages   // of tokens when they are taken
}

func (i *inEnd) up(peer flow.Identity, from back) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.from = from
	i.status = status{peer: peer, isUp: true}
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
	return i.status.refuse(why)
}

// peek is the next token and who sent it.
func (i *inEnd) peek() (flow.Token, flow.Identity, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	t, ok := i.in.Peek()
	return t, i.status.peer, ok
}

func (i *inEnd) take(now time.Time) {
	i.mu.Lock()
	t, _ := i.in.Take()
	i.ages.add(now.Sub(t.Made))
	var from back
	var credit uint64
	if i.in.GrantDue() {
		from, credit = i.from, i.in.Credit()
	}
	i.mu.Unlock()
	if from != nil {
		from.credit(credit)
	}
}

func (i *inEnd) taken() uint64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.in.Taken()
}

// settle tells the sender that tokens up to that number have taken effect.
func (i *inEnd) settle(upto uint64) {
	i.mu.Lock()
	i.in.Settle(upto)
	from := i.from
	i.mu.Unlock()
	if from != nil {
		from.settled(upto)
	}
}

// where is what the sender must know to go on.
func (i *inEnd) where() (taken, credit, settled uint64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.in.Received(), i.in.Credit(), i.in.SettledTo()
}

// accept queues a frame's new tokens.
func (i *inEnd) accept(f *link.Frame) error {
	i.mu.Lock()
	n, err := i.in.Accept(f)
	i.got += uint64(n)
	i.mu.Unlock()
	if n > 0 {
		i.cell.wake()
	}
	return err
}

// As a sink, an in-end is the other end on the same node.

func (i *inEnd) open(o *outEnd, _, _ uint64) {
	taken, credit, settled := i.where()
	if err := o.opened(taken, credit); err != nil {
		i.down(err.Error())
		return
	}
	o.settled(settled)
}

func (i *inEnd) frame(f *link.Frame) bool {
	if err := i.accept(f); err != nil {
		panic("engine: a local link broke: " + err.Error()) // both ends are ours
	}
	return true
}

// localBack is an out-end seen from the in-end on the same node.
type localBack struct{ o *outEnd }

func (b localBack) opened(taken, credit uint64) { b.o.opened(taken, credit) }
func (b localBack) credit(upto uint64)          { b.o.credit(upto) }
func (b localBack) settled(upto uint64)         { b.o.settled(upto) }
