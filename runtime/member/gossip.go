package member

import (
	"errors"
	"fmt"

	"github.com/hashicorp/memberlist"

	"github.com/wardflow/wardflow/runtime/flow"
)

// What memberlist asks and tells. Much of it is called with memberlist's own
// lock held: nothing here may call back into it or wait.
type gossip struct{ *Members }

var (
	_ memberlist.Delegate      = gossip{}
	_ memberlist.AliveDelegate = gossip{}
	_ memberlist.EventDelegate = gossip{}
)

// NodeMeta is this node's record.
func (g gossip) NodeMeta(int) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.meta
}

// NotifyAlive judges the word that a node is alive. An error keeps the node
// from being a member.
func (g gossip) NotifyAlive(n *memberlist.Node) error {
	id := flow.NodeID(n.Name)
	if id == g.cfg.Self.ID {
		return nil // memberlist answers what is wrong about this node itself
	}
	if !n.Addr.Equal(standIn(n.Name)) || n.Port != standInPort {
		return g.refuse(id, errors.New("its address does not stand for its name"))
	}
	err := g.book.believe(id, n.Meta, now())
	switch {
	case err == nil, errors.Is(err, errOld):
		return err
	case errors.Is(err, errUnknown):
		r, err := readRecord(n.Meta)
		if err == nil {
			g.introduce(id, r.door)
		}
		return errUnknown
	}
	return g.refuse(id, err)
}

// NotifyJoin tells that a node is up.
func (g gossip) NotifyJoin(n *memberlist.Node) { g.mark(n, true) }

// NotifyLeave tells that a node is not up any more.
func (g gossip) NotifyLeave(n *memberlist.Node) { g.mark(n, false) }

// NotifyUpdate tells that a member's record is another one.
func (g gossip) NotifyUpdate(*memberlist.Node) { g.news() }

func (g gossip) mark(n *memberlist.Node, up bool) {
	id := flow.NodeID(n.Name)
	if id == g.cfg.Self.ID || g.run.Err() != nil {
		return
	}
	if !up {
		g.transport.hangUp(standInAddr(n.Name))
	}
	news, left := g.book.mark(id, up, now())
	if !news {
		return
	}
	switch {
	case up:
		g.log.Info("member joined", "peer", id)
	case left:
		g.log.Info("member left", "peer", id)
	default:
		g.log.Info("member lost", "peer", id)
	}
	g.news()
}

// NotifyMsg brings a statement that is handed on.
func (g gossip) NotifyMsg(b []byte) { g.hear(b, source{}) }

// GetBroadcasts gives statements to hand on.
func (g gossip) GetBroadcasts(overhead, limit int) [][]byte {
	return g.queue.GetBroadcasts(overhead, limit)
}

// LocalState is all statements known, counted.
func (g gossip) LocalState(bool) []byte {
	var b []byte
	for _, raw := range g.book.statements() {
		b = appendBytes(b, raw)
	}
	return b
}

// MergeRemoteState takes in another node's LocalState.
func (g gossip) MergeRemoteState(b []byte, _ bool) {
	for len(b) > 0 {
		raw, rest, err := readBytes(b)
		if err != nil {
			return
		}
		g.hear(raw, source{})
		b = rest
	}
}

// signedBy is whose key has signed a statement that is not true: a node that
// speaks for another one.
func (m *Members) signedBy(s *statement) source {
	id, err := m.cfg.Verifier.Identify(s.chain, now())
	if err != nil || checkSignature(s.chain[0], signedStatement, s.body, s.sig) != nil {
		return source{}
	}
	return source{id: id}
}

// hear takes in a statement, and hands it on if it is news. by is who said it,
// if that is known.
func (m *Members) hear(raw []byte, by source) (*statement, error) {
	if s := m.book.knows(raw); s != nil {
		return s, nil // as nearly all are: not worth reading
	}
	s, err := readStatement(raw)
	if err != nil {
		return nil, m.blame(by, "", err)
	}
	switch err := m.book.learn(s, now()); {
	case errors.Is(err, errOld):
		return s, nil
	case err != nil:
		if !by.id.Known() {
			by = m.signedBy(s)
		}
		return nil, m.blame(by, s.info.ID, err)
	}
	m.queue.QueueBroadcast(&broadcast{id: s.info.ID, raw: s.raw})
	m.news()
	return s, nil
}

// meet takes in the statement a connection began with. It must be want's, which
// is "" for a seed. by is who is at the other end.
func (m *Members) meet(raw []byte, want flow.NodeID, by source) (flow.NodeID, error) {
	known := m.book.knows(raw)
	s, err := known, error(nil)
	if known == nil {
		s, err = readStatement(raw)
	}
	if err != nil {
		return "", m.blame(by, want, err)
	}
	switch {
	case s.info.ID == m.cfg.Self.ID && want == "":
		return "", errSelf // one of the seeds is this node
	case want != "" && s.info.ID != want:
		return "", m.blame(by, want, fmt.Errorf("it spoke as node %s", s.info.ID))
	case known != nil:
		return s.info.ID, nil // it was verified when it was learned
	}
	// A statement that is not news was verified when it was, but perhaps not
	// this one: its signature shows that it is the node's.
	if known, ok := m.book.numberOf(s.info.ID); ok && !known.less(s.at) {
		if s.at.boot < known.boot {
			return "", m.blame(by, s.info.ID, errRolledBack)
		}
		if err := s.check(m.cfg.Verifier, now()); err != nil {
			return "", m.blame(by, s.info.ID, err)
		}
		return s.info.ID, nil
	}
	if s, err = m.hear(raw, by); err != nil {
		return "", err
	}
	return s.info.ID, nil
}

// errRolledBack reports a process that began before one that was already heard.
var errRolledBack = errors.New("a later run of this node is known: it was restored from a backup, or runs twice")

// A broadcast is a statement being handed on. A newer one of the same node
// takes its place.
type broadcast struct {
	id   flow.NodeID
	raw  []byte
	done chan struct{} // closed when it needs no more handing on; may be nil
}

func (b *broadcast) Name() string { return string(b.id) }

func (b *broadcast) Invalidates(o memberlist.Broadcast) bool {
	other, ok := o.(*broadcast)
	return ok && other.id == b.id
}

func (b *broadcast) Message() []byte { return b.raw }

func (b *broadcast) Finished() {
	if b.done != nil {
		close(b.done)
	}
}
