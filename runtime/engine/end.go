package engine

import (
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// The two pure ends of package link are joined to their actors and to each
// other: directly when both are on this node, by messages otherwise. Each end
// has two sides. One belongs to the actor's turn and takes no lock: it looks at
// the queue once and takes or gives many tokens. The other is the connection's,
// under the end's lock. That lock is never held while another end or an actor
// is called, save that a sender hands frames to the receiver on its own node.

// How many tokens travel together: between actors of one node, where more would
// only cost latency (substrate.md section 2.5), and to other nodes.
const (
	frameTokens = 64
	farTokens   = 256
)

// nearTokens is how many tokens a sender on the same node may be ahead of the
// receiver, beside those that are only not settled. More would only be memory
// that is read from afar; to another node the window has to cover the way there
// and back.
const nearTokens = 1024

// farBytes is how many times the bytes that a sender may hold its receiver takes:
// senders may overshoot by a turn, and an older node may weigh otherwise.
const farBytes = 4

// A sink takes what an out-end sends: the in-end on this node, or the carrier.
type sink interface {
	// open asks the other end where it is; the answer comes by outEnd.opened.
	open(o *outEnd, made, settled uint64)
	// frame takes tokens, and keeps nothing of the frame; false means not now,
	// and outEnd.pump comes again.
	frame(f *link.Frame) bool
}

// A back takes what an in-end answers: the out-end on this node, or the carrier.
type back interface {
	opened(taken, credit uint64) error
	credit(upto uint64)
	settled(upto uint64)
}

// status is what both ends know of their connection.
type status struct {
	peer    *flow.Identity // verified; never nil, and nobody while the link is down
	refused string         // why the link may not be; "" when it may
	isUp    bool
	why     string // why it is down
}

var nobody = &flow.Identity{}

func (s *status) refuse(why string) (changed bool) {
	changed = s.refused != why
	s.refused, s.why, s.isUp, s.peer = why, why, false, nobody
	return changed
}

// As a sink, an in-end is the other end on the same node.

func (i *inEnd) open(*outEnd, uint64, uint64) { _ = i.answer() } // both ends say why it is down

func (i *inEnd) frame(f *link.Frame) bool {
	if err := i.accept(f, nil); err != nil {
		panic("engine: a local link broke: " + err.Error()) // both ends are ours
	}
	return true
}

// localBack is an out-end seen from the in-end on the same node.
type localBack struct{ o *outEnd }

func (b localBack) opened(taken, credit uint64) error { return b.o.opened(taken, credit) }
func (b localBack) credit(upto uint64)                { b.o.credit(upto) }
func (b localBack) settled(upto uint64)               { b.o.settled(upto) }
