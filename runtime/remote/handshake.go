package remote

import (
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// The steps of a link's handshake, as they come and go on a stream.

// call begins a session as the sender.
func (st *stream) call(t *track, end LinkEnd) {
	offered, b, err := link.Offer(end.Terms, st.exporter, end.Signer)
	s := &session{t: t, st: st, offered: offered, terms: end.Terms, signer: end.Signer, due: st.door.cfg.Now().Add(handshakeTime)}
	s.counts.Store(true)
	if err != nil {
		err = st.door.refused(err)
	} else {
		err = st.remember(s)
	}
	if err != nil {
		s.settled()
		t.postpone(err)
		return
	}
	if !t.begin(s, end.Terms) {
		s.told.Store(true) // it has not heard of it
		t.end(s, ErrClosed)
		return
	}
	st.out.put(entryOffer, s.number, b)
}

// offer is the receiver's first step. An error is a breach by the node.
func (st *stream) offer(e entry) error {
	if st.peer != nil {
		return errors.New("a link was offered on a stream that is for ours")
	}
	st.mu.Lock()
	used := e.number <= st.last
	st.last = max(st.last, e.number)
	st.mu.Unlock()
	if used {
		return fmt.Errorf("number %d was used before", e.number)
	}
	terms, err := link.ReadTerms(e.body)
	if err != nil {
		return err
	}
	refuse := func(t *track, err error) error {
		err = st.door.refused(err)
		st.out.put(entryRefuse, e.number, appendRefuse(nil, err))
		if !passes(err) || st.door.tooOften(st.node, terms.Link) {
			st.door.auditPeer(st.conn, flow.AuditLink, terms.Link, "open link "+string(terms.Link), err)
		}
		if t != nil {
			t.fail(err)
		} else {
			st.door.log.Debug("link offer refused", "link", terms.Link, "peer", st.conn.peer.URI, "err", err)
		}
		return nil
	}
	if terms.From.Node != st.node {
		err := fmt.Errorf("node %s may not speak for actor %s of node %q", st.node, terms.From.Actor, terms.From.Node)
		st.door.log.Warn("link refused", "link", terms.Link, "peer", st.conn.peer.URI, "err", err)
		return refuse(nil, err)
	}
	l := st.door.ends()
	if l == nil {
		return refuse(nil, flow.ErrLater)
	}
	var end LinkEnd
	if err := (&track{door: st.door, id: terms.Link}).out(func() (err error) {
		end, err = l.Accept(terms.Link)
		return err
	}); err != nil {
		return refuse(nil, err)
	}
	if err := terms.Agree(end.Terms); err != nil {
		return refuse(nil, err)
	}
	if terms.To.Node != st.door.cfg.Self { // what we know of it is wrong
		return refuse(nil, fmt.Errorf("actor %s runs on %s, not here", terms.To.Actor, terms.To.Node))
	}
	t := st.door.track(terms.Link)
	if t == nil {
		return refuse(nil, ErrClosed)
	}
	answered, b, err := link.Answer(e.body, st.exporter, end.Signer)
	if err != nil {
		return refuse(t, err)
	}
	s := &session{t: t, st: st, number: e.number, answered: answered, terms: end.Terms, signer: end.Signer, due: st.door.cfg.Now().Add(handshakeTime)}
	if err := st.remember(s); err != nil {
		return refuse(t, err)
	}
	st.out.put(entryAnswer, s.number, b)
	return nil
}

// confirm is the sender's second step.
func (st *stream) confirm(s *session, e entry) {
	if s.offered == nil || s.open != nil {
		s.t.refuse(s, fmt.Errorf("%s answers what was not asked", st.node))
		return
	}
	keys, b, err := s.offered.Confirm(e.body, s.t.judge)
	if err != nil {
		s.t.refuse(s, err)
		return
	}
	st.out.put(entryConfirm, s.number, b)
	s.secured(keys)
	st.raise(s)
}

// secure is the receiver's second step.
func (st *stream) secure(s *session, e entry) {
	if s.answered == nil || s.open != nil {
		s.t.refuse(s, fmt.Errorf("%s confirms what was not asked", st.node))
		return
	}
	keys, err := s.answered.Secure(e.body, s.t.judge)
	if err != nil {
		s.t.refuse(s, err)
		return
	}
	s.secured(keys)
	st.proven(s)
	st.raise(s)
}

func (st *stream) raise(s *session) {
	if err := s.t.up(s); err != nil {
		s.t.refuse(s, err)
		return
	}
	st.door.log.Debug("link opened", "link", s.t.id, "peer", s.who.URI, "node", st.node)
}
