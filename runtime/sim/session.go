package sim

import (
	"time"

	"github.com/wardflow/wardflow/runtime/link"
)

// A session is one connection of a link, between two activations that have
// agreed on who they are. What is said on it comes in order, or the session
// breaks; each end learns of that at its own time.
type session struct {
	w     *world
	from  *outEnd
	to    *inEnd
	asked bool // the sender has asked where the receiver is
	said  link.Terms
	deaf  bool // the sender's end is down
	dumb  bool // the receiver's end is down
	mute  bool // nothing that the receiver says arrives any more
	last  [2]time.Duration
}

// local reports whether both ends are in one process.
func (s *session) local() bool { return s.from.c.n == s.to.c.n }

// raise brings a session up at the sender's end, and with its first message at
// the receiver's; what they had before is over.
func raise(from *outEnd, to *inEnd) *session {
	s := &session{w: from.c.n.w, from: from, to: to, said: from.said}
	if from.via != nil {
		from.via.hang(true)
	}
	from.via = s
	from.Closed()
	s.forth(link.Message{Kind: link.KindOpen, Made: from.Made(), Settled: from.SettledTo()})
	return s
}

// hang ends the session at one end, and soon at the other.
func (s *session) hang(sender bool) {
	if s.deaf && s.dumb {
		return
	}
	if sender {
		s.deafen()
	} else {
		s.dumb = true
		if s.to.via == s {
			s.to.via = nil
		}
	}
	wait := s.w.delay()
	switch {
	case s.local():
		wait = 0
	case !s.w.mood.peace && s.w.chance(8):
		wait = s.w.between(0, 2*time.Second)
	}
	far := s.from.c.n.p
	if sender {
		far = s.to.c.n.p
	}
	s.w.after(wait, far, func() {
		if sender {
			s.dumb = true
			if s.to.via == s {
				s.to.via = nil
			}
		} else {
			s.deafen()
		}
	})
}

func (s *session) deafen() {
	s.deaf = true
	if s.from.via == s {
		s.from.via = nil
		s.from.Closed()
		s.from.c.n.look()
	}
}

// forth takes a message to the receiver, back one to the sender.
func (s *session) forth(m link.Message) {
	if !s.deaf {
		s.carry(0, s.from.c, s.to.c, func() error { return s.received(m) })
	}
}

func (s *session) back(m link.Message) {
	if !s.dumb {
		s.carry(1, s.to.c, s.from.c, func() error { return s.answered(m) })
	}
}

func (s *session) carry(dir int, from, to *cell, hear func() error) {
	w := s.w
	hear1 := func() {
		if dir == 0 && s.dumb || dir == 1 && s.deaf {
			return
		}
		if err := hear(); err != nil {
			s.w.judge.hears(s, err)
			s.hang(dir == 1)
		}
	}
	if s.local() {
		w.after(0, to.n.p, hear1)
		return
	}
	broken := !w.reachable(from.n.h.id, to.n.h.id)
	if !w.mood.peace {
		broken = broken || w.rng.IntN(2000) < w.mood.loss
	}
	if dir == 1 && s.mute {
		return
	}
	if broken { // lost: the connection breaks, sooner or later
		s.mute = s.mute || dir == 1
		w.after(w.between(0, 1500*time.Millisecond), from.n.p, func() { s.hang(dir == 0) })
		w.after(w.between(0, 2500*time.Millisecond), to.n.p, func() { s.hang(dir == 1) })
		return
	}
	at := max(s.last[dir], w.now+w.delay())
	s.last[dir] = at
	w.after(at-w.now, to.n.p, hear1)
	if w.mood.peace {
		return
	}
	if dir == 1 {
		return
	}
	switch { // what no TLS lets through, but package link bears
	case w.rng.IntN(4000) < w.mood.again:
		w.after(at-w.now+w.between(0, 20*time.Millisecond), to.n.p, hear1)
	case w.rng.IntN(4000) < w.mood.again: // the next overtakes
		s.last[dir] = w.now
	}
}

// received is what the engine does with a message for an in-end.
func (s *session) received(m link.Message) error {
	i := s.to
	switch m.Kind {
	case link.KindOpen:
		if !s.may() {
			s.hang(false)
			return nil
		}
		if i.via != nil && i.via != s {
			i.via.hang(false)
		}
		i.via = s
		s.back(link.Message{Kind: link.KindOpened, Taken: i.Received(), Credit: i.Credit()})
		s.asked = true
		s.back(link.Message{Kind: link.KindSettled, Settled: i.SettledTo()})
	case link.KindFrame:
		if i.via != s {
			return nil // another session has taken its place
		}
		n, err := i.Accept(&m.Frame)
		if n > 0 {
			i.c.wake()
		}
		return err
	}
	return nil
}

// may reports whether the receiver's node would still have the session: what it
// agreed to may be long ago.
func (s *session) may() bool {
	if s.to.c.gone || s.local() {
		return !s.to.c.gone
	}
	i, err := s.to.c.n.accept(s.said)
	return err == nil && i == s.to
}

// answered is what the engine does with a message for an out-end.
func (s *session) answered(m link.Message) error {
	o := s.from
	switch m.Kind {
	case link.KindOpened:
		if err := o.Opened(m.Taken, m.Credit); err != nil {
			return err
		}
	case link.KindCredit:
		o.Credit(m.Credit)
	case link.KindSettled:
		if err := o.settled(m.Settled); err != nil {
			return err
		}
	}
	o.pump()
	o.c.wake()
	return nil
}
