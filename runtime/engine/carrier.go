package engine

import (
	"fmt"
	"slices"
	"sync"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// This file is the engine's side of links to other nodes. Whoever carries the
// messages (package remote, through the node) calls Up when the link has been
// authenticated, Receive for each message, Ready when there is room to send
// again, and Down when the connection is gone.

// A Send takes a message to the other node without blocking. False means that
// there is no room: [Engine.Ready] says when to try again.
type Send func(link.Message) bool

// Up says that a link to or from another node is authenticated: peer is who
// stands at the other end.
func (e *Engine) Up(id flow.LinkID, peer flow.Identity, send Send) error {
	e.mu.Lock()
	out, in := e.outs[id], e.ins[id]
	e.mu.Unlock()
	switch {
	case out != nil && in != nil:
		return fmt.Errorf("link %s: both ends are on this node", id)
	case out != nil:
		out.up(peer, &farEnd{send: send})
	case in != nil:
		in.up(peer, &farEnd{send: send})
	default:
		return fmt.Errorf("link %s: its actor does not run here now: %w", id, flow.ErrLater)
	}
	e.cfg.Event(Event{Link: id, What: "link up", Why: peer.URI})
	return nil
}

// Down says that the connection of a link is gone, and why. refused means that
// the other end, or this one, would not have it.
func (e *Engine) Down(id flow.LinkID, why string, refused bool) {
	e.mu.Lock()
	out, in := e.outs[id], e.ins[id]
	e.mu.Unlock()
	if out != nil && in != nil {
		return
	}
	changed := false
	if out != nil {
		out.down(why)
		if refused {
			changed = out.refuse(why)
		}
	}
	if in != nil {
		in.down(why)
		if refused {
			changed = in.refuse(why)
		}
	}
	if changed {
		e.cfg.Event(Event{Link: id, What: "link refused", Why: why})
	}
}

// Ready says that there is room to send on the link again.
func (e *Engine) Ready(id flow.LinkID) {
	e.mu.Lock()
	out, in := e.outs[id], e.ins[id]
	e.mu.Unlock()
	if out != nil {
		out.ready()
	}
	if in != nil {
		in.ready()
	}
}

// Receive takes a message of a link that is up. An error means that the link
// must be closed: one that wraps [flow.ErrLater] because the actor is not here
// any more, any other because the far end breaks the protocol.
func (e *Engine) Receive(id flow.LinkID, m link.Message) error {
	e.mu.Lock()
	out, in := e.outs[id], e.ins[id]
	e.mu.Unlock()
	switch {
	case in == nil && out == nil:
		return fmt.Errorf("link %s: its actor does not run here now: %w", id, flow.ErrLater)
	case in != nil && m.Kind == link.KindOpen:
		return in.answer()
	case in != nil && m.Kind == link.KindFrame:
		return in.acceptFar(&m.Frame)
	case out != nil && m.Kind == link.KindOpened:
		return out.opened(m.Taken, m.Credit)
	case out != nil && m.Kind == link.KindCredit:
		out.credit(m.Credit)
		return nil
	case out != nil && m.Kind == link.KindSettled:
		return out.settled(m.Settled)
	}
	return fmt.Errorf("link %s: message %d is not for this end", id, m.Kind)
}

// A farEnd answers or asks the other node. What finds no room waits here until
// [Engine.Ready]: only the newest of each kind, since they are cumulative.
type farEnd struct {
	send Send

	mu      sync.Mutex // guards waiting; held while sending, which does not block
	waiting []link.Message
}

func (f *farEnd) say(m link.Message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = slices.DeleteFunc(f.waiting, func(w link.Message) bool { return w.Kind == m.Kind })
	f.waiting = append(f.waiting, m)
	f.flush()
}

// flush sends what waits; the caller holds the lock.
func (f *farEnd) flush() {
	for len(f.waiting) > 0 && f.send(f.waiting[0]) {
		f.waiting = f.waiting[1:]
	}
}

func (f *farEnd) ready() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flush()
}

// As a sink.

func (f *farEnd) open(_ *outEnd, made, settled uint64) {
	f.say(link.Message{Kind: link.KindOpen, Made: made, Settled: settled})
}

func (f *farEnd) frame(fr *link.Frame) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flush()
	return len(f.waiting) == 0 && f.send(link.Message{Kind: link.KindFrame, Frame: *fr})
}

// As a back.

func (f *farEnd) opened(taken, credit uint64) error {
	f.say(link.Message{Kind: link.KindOpened, Taken: taken, Credit: credit})
	return nil
}
func (f *farEnd) credit(upto uint64)  { f.say(link.Message{Kind: link.KindCredit, Credit: upto}) }
func (f *farEnd) settled(upto uint64) { f.say(link.Message{Kind: link.KindSettled, Settled: upto}) }
