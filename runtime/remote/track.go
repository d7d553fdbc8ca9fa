package remote

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// A track is what the door knows of one link, over all the connections it has
// had. Its lock is held while Links is called, and only there do we hold a lock
// while calling out: so the calls for one link come one at a time and in
// order, though reader, sweeper and CloseLink are different goroutines.
type track struct {
	door *Door
	id   flow.LinkID

	mu   sync.Mutex // guards what follows
	dead bool       // CloseLink has been called
	cur  *session   // that is up
	said string     // why it is down, as last told

	// The sender's side only.
	wish  *LinkEnd  // nil: nothing is wanted from here
	busy  *session  // that is being made, to be cur or to take its place
	prev  *session  // whose place cur has taken, until the other end knows
	tries int       // in a row that came to nothing
	due   time.Time // of the next one
}

func (t *track) want(end LinkEnd) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wish, t.tries, t.due = &end, 0, time.Time{}
}

// renew takes the newer of two ends on the same terms: its certificate may be.
func (t *track) renew(end LinkEnd) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wish == nil || t.wish.Terms != end.Terms {
		return false
	}
	t.wish = &end
	return true
}

// kill makes the track useless and returns what is left to do.
func (t *track) kill() (node flow.NodeID, left []*session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dead = true
	if t.wish != nil {
		node = t.wish.Terms.To.Node
		t.wish = nil
	}
	return node, []*session{t.cur, t.busy, t.prev}
}

// now is the session that is up, and the one being made from here; nil: none.
func (t *track) now() (up, busy *session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cur, t.busy
}

// ready is the end to offer on st, when it is time to, and else when that will
// be. moving says that the link is up meanwhile.
func (t *track) ready(now time.Time, st *stream) (end LinkEnd, moving, ok bool, due time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wish == nil || t.busy != nil || t.cur != nil && t.cur.st == st && !t.outdated(now) {
		return LinkEnd{}, false, false, time.Time{}
	}
	if now.Before(t.due) {
		return LinkEnd{}, false, false, t.due
	}
	return *t.wish, t.cur != nil, true, time.Time{}
}

// outdated reports whether a link that is up wants a new session: its keys are
// old, our certificate is another by now, or it is time to see whether theirs
// is. The caller holds the lock.
func (t *track) outdated(now time.Time) bool {
	return t.wish != nil && t.cur != nil && (now.After(t.cur.fresh) || t.wish.Signer.ID.Leaf != t.cur.signer.ID.Leaf)
}

// restless is outdated for whoever holds no lock, unless it is being seen to.
func (t *track) restless(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.busy == nil && t.outdated(now)
}

// begin says that s is being made for the terms that end gave; false if those
// are not wanted any more.
func (t *track) begin(s *session, terms link.Terms) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wish == nil || t.wish.Terms != terms || t.busy != nil || s.over.Load() {
		return false
	}
	t.busy = s
	return true
}

// up says that s is secured. An older session of the same link ends.
func (t *track) up(s *session) error {
	l := t.door.ends()
	t.mu.Lock()
	old, out := t.cur, s.offered != nil
	switch {
	case t.dead || t.door.isClosing() || s.over.Load():
		t.mu.Unlock()
		return ErrClosed
	case out && t.busy != s:
		t.mu.Unlock()
		return ErrClosed
	case old != nil:
		t.out(func() error { l.Down(t.id, errOver); return nil })
	}
	t.cur, t.said = s, ""
	if out {
		t.busy = nil
		if old != nil {
			t.tries = 0
			old, t.prev = t.prev, old
		}
	}
	err := t.out(func() error { return l.Up(t.id, s.who, s.send) })
	t.mu.Unlock()
	if old != nil {
		t.end(old, errOver)
	}
	if s.settled(); out {
		s.st.peer.kickIf(s.st)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", flow.ErrLater, err)
	}
	return nil
}

// message hands on what the other end says, if s is still the link's session.
func (t *track) message(s *session, m link.Message) error {
	t.mu.Lock()
	if t.cur != s {
		t.mu.Unlock()
		return nil
	}
	err := t.out(func() error { return t.door.ends().Message(t.id, m) })
	prev := t.prev
	t.prev = nil
	t.mu.Unlock()
	t.end(prev, errOver) // which the other end knows to be over
	return err
}

// holds asks whether a link that is up may still be.
func (t *track) holds(s *session) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cur != s {
		return nil
	}
	return t.out(func() error { return t.door.ends().Holds(s.terms, s.who) })
}

// room tells that s, which had none, has room again.
func (t *track) room(s *session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cur == s {
		t.out(func() error { t.door.ends().Ready(t.id); return nil })
	}
}

// refuse ends s because this node will not have it.
func (t *track) refuse(s *session, err error) {
	err = t.door.refused(err)
	if !passes(err) && !s.over.Load() {
		s.audit(err)
	}
	t.end(s, err)
}

// refused makes a refusal of ours of an error, unless it is of those that pass.
func (d *Door) refused(err error) error {
	if passes(err) {
		return err
	}
	if r := new(RefusedError); errors.As(err, &r) {
		return err
	}
	return &RefusedError{Node: d.cfg.Self, Why: err.Error(), Err: err}
}

func passes(err error) bool {
	for _, e := range []error{flow.ErrLater, flow.ErrStale, ErrClosed, ErrUnreachable, errOver, errSilent, errLost} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// end ends s, which may be nil, once: the other end is told, unless it was that
// which told us; Down is called; and the sender's side will try again.
func (t *track) end(s *session, why error) {
	if s == nil || s.over.Swap(true) {
		return
	}
	s.st.forget(s, why)
	s.settled()
	t.mu.Lock()
	current := t.cur == s
	if t.busy == s || current && t.wish != nil && t.busy == nil {
		if current && t.door.cfg.Now().Sub(s.since) > t.door.cfg.RetryMost {
			t.tries = 0
		}
		if t.busy == s {
			t.busy = nil
		}
		t.due = t.door.cfg.Now().Add(t.door.pause(t.tries))
		t.tries++
	}
	var prev *session
	switch {
	case current:
		t.cur = nil
		prev, t.prev = t.prev, nil
	case t.prev == s:
		t.prev = nil
	}
	t.tell(why, current)
	p, out := s.st.peer, t.wish != nil
	t.mu.Unlock()
	t.end(prev, why)
	if out && p != nil {
		p.kick()
	}
}

// fail says that an attempt that had no session came to nothing.
func (t *track) fail(why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tell(why, false)
}

// postpone is fail for an attempt that is to be made again after a pause.
func (t *track) postpone(why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.due = t.door.cfg.Now().Add(t.door.pause(t.tries))
	t.tries++
	t.tell(why, false)
}

// tell calls Down; the caller holds the lock.
func (t *track) tell(why error, wasUp bool) {
	if t.cur != nil || t.dead && !wasUp || !wasUp && t.said == why.Error() {
		return
	}
	if r := new(RefusedError); errors.As(why, &r) && t.said != why.Error() {
		t.door.log.Warn("link refused", "link", t.id, "err", why)
	}
	t.said = why.Error()
	if l := t.door.ends(); l != nil {
		t.out(func() error { l.Down(t.id, why); return nil })
	}
}

// errBug stands for a panic on our side.
var errBug = errors.New("there is a bug; the log says more")

// out is a call to Links: a panic in it ends the link, not the process.
func (t *track) out(call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			t.door.log.Error("handler panicked", "link", t.id, "err", r, "stack", string(debug.Stack()))
			err = errBug
		}
	}()
	return call()
}

// pause is how long to wait after that many tries that came to nothing.
func (d *Door) pause(tries int) time.Duration {
	p := d.cfg.RetryFirst
	for range min(tries, 30) {
		if p *= 2; p >= d.cfg.RetryMost {
			p = d.cfg.RetryMost
			break
		}
	}
	return p - time.Duration(rand.Int64N(int64(p)/2+1))
}

// judge is Links.Judge for one link, as the handshake wants it.
func (t *track) judge(end link.End, chain chain) (flow.Identity, error) {
	var id flow.Identity
	err := t.out(func() (err error) {
		id, err = t.door.ends().Judge(t.id, end, chain)
		return err
	})
	if err == nil && !id.Known() {
		err = fmt.Errorf("nobody vouches for actor %s", end.Actor)
	}
	if err == nil {
		err = t.door.cfg.Verifier.Fresh(id, t.door.cfg.Now())
	}
	return id, err
}
