package remote

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/status"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// errLost reports a connection that is gone. The links on it come back.
var errLost = errors.New("the connection is lost")

// lost is errLost with gRPC's words for it.
func lost(err error) error { return fmt.Errorf("%w: %s", errLost, status.Convert(err).Message()) }

// sessionsMost bounds what one node can make another remember, and unprovenMost
// the handshakes among it that it has not ended; honest nodes have [offersMost].
const (
	sessionsMost = 1 << 14
	unprovenMost = 1 << 10
)

// A stream carries the links whose senders are on one node and receivers on
// another. One goroutine reads it and one writes.
type stream struct {
	door     *Door
	peer     *peer // the node called; nil: the other end is the caller
	conn     *Conn
	node     flow.NodeID // at the other end
	exporter []byte
	out      *outbox
	done     chan struct{} // closed by end
	plain    []byte        // the reader's, for what it opens
	offers   atomic.Int64  // of ours whose handshake is under way

	mu       sync.Mutex // guards what follows
	ended    bool
	sessions map[uint64]*session
	unproven int    // of them, on the callee's side
	last     uint64 // number
}

// carrier is either side's gRPC stream; it carries parcels.
type carrier interface {
	SendMsg(any) error
	RecvMsg(any) error
}

func newStream(d *Door, p *peer, c *Conn) (*stream, error) {
	ex, err := c.exporter()
	if err != nil {
		return nil, err
	}
	return &stream{door: d, peer: p, conn: c, node: flow.NodeID(c.peer.Name), exporter: ex,
		out: newOutbox(), done: make(chan struct{}), sessions: make(map[uint64]*session)}, nil
}

// end ends all sessions; their links are down when it returns.
func (st *stream) end(why error) {
	st.mu.Lock()
	if st.ended {
		st.mu.Unlock()
		return
	}
	st.ended = true
	all := slices.Collect(maps.Values(st.sessions))
	st.mu.Unlock()
	close(st.done)
	for _, s := range all {
		s.t.end(s, why)
	}
}

// write sends what waits until the stream ends.
func (st *stream) write(c carrier) {
	for {
		select {
		case <-st.out.signal:
		case <-st.done:
			return
		}
		for {
			packet, fed, failed := st.out.next()
			for _, f := range failed {
				st.door.log.Error("link ended: a message can't be sent", "link", f.s.t.id, "err", f.err)
				f.s.t.end(f.s, f.err)
			}
			if packet != nil {
				st.door.sent.add(len(packet))
				if err := c.SendMsg(&parcel{entries: packet, sent: st.out.sent}); err != nil {
					return // the reader gets the reason
				}
			}
			for _, s := range fed {
				s.t.room(s)
			}
			if packet == nil {
				break
			}
		}
	}
}

// read takes what comes until the stream ends.
func (st *stream) read(c carrier) {
	var m link.Message
	var p parcel
	for {
		if st.peer == nil && !st.out.calm(st.done) {
			return // a caller that does not listen is not listened to
		}
		if err := c.RecvMsg(&p); err != nil {
			st.end(lost(err))
			return
		}
		err := st.packet(p.entries, &m)
		p.free()
		if err != nil {
			st.door.log.Warn("stream ended: the peer breaks the protocol", "peer", st.conn.peer.URI, "err", err)
			st.door.auditPeer(st.conn, flow.AuditFrame, "", "send on links", err)
			st.end(lost(err))
			return
		}
	}
}

// packet takes one packet, whose memory is only lent. An error is a breach by the node, not by one link.
func (st *stream) packet(b []byte, m *link.Message) error {
	if len(b) > packetMost {
		return fmt.Errorf("packet of %d bytes is too large, at most %d", len(b), packetMost)
	}
	for len(b) > 0 {
		e, rest, err := readEntry(b)
		if err != nil {
			return err
		}
		b = rest
		if e.kind != entrySealed {
			e.body = slices.Clone(e.body) // certificates stay where they were read
		}
		if e.kind == entryOffer {
			if err := st.offer(e); err != nil {
				return err
			}
			continue
		}
		st.mu.Lock()
		s, ended, last := st.sessions[e.number], st.ended, st.last
		st.mu.Unlock()
		if ended {
			return nil
		}
		if e.number > last {
			return fmt.Errorf("it speaks for number %d, which nobody has offered", e.number)
		}
		if s != nil { // else it is late for a session that is over
			st.entry(s, e, m)
		}
	}
	return nil
}

func (st *stream) entry(s *session, e entry, m *link.Message) {
	switch e.kind {
	case entrySealed:
		if s.open == nil {
			s.t.refuse(s, fmt.Errorf("%s sends before the handshake is done", st.node))
			return
		}
		plain, err := e.body, error(nil)
		if !st.door.cfg.Unsealed {
			plain, err = s.open.Open(st.plain[:0], e.body) // the packet is gRPC's
			if st.plain = plain[:0]; cap(plain) > 4*chunkSize {
				st.plain = nil // one large token must not be remembered for ever
			}
		}
		if err == nil {
			err = link.ReadMessage(plain, s.t.id, m)
		}
		if err != nil {
			s.t.refuse(s, fmt.Errorf("from %s: %w", st.node, err))
			return
		}
		if m.Kind == link.KindRefuse {
			s.t.end(s, &RefusedError{Node: st.node, Why: m.Why})
			return
		}
		if err := s.t.message(s, *m); err != nil {
			s.t.refuse(s, err)
		}
	case entryAnswer:
		st.confirm(s, e)
	case entryConfirm:
		st.secure(s, e)
	case entryRefuse:
		s.told.Store(true)
		s.t.end(s, readRefuse(e.body, st.node))
	}
}

// remember gives s a place; the caller's side gets its number here.
func (st *stream) remember(s *session) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	switch {
	case st.ended:
		return errLost
	case len(st.sessions) >= sessionsMost:
		return fmt.Errorf("%d links between two nodes are the most: %w", sessionsMost, flow.ErrLater)
	case st.unproven >= unprovenMost:
		return fmt.Errorf("%d handshakes at once are the most: %w", unprovenMost, flow.ErrLater)
	}
	if st.peer == nil {
		st.unproven++
	}
	if st.peer != nil {
		s.number = st.last + 1
	}
	st.last = s.number
	st.sessions[s.number] = s
	return nil
}

// forget takes s out and tells the other end why, if it does not know.
func (st *stream) forget(s *session, why error) {
	st.mu.Lock()
	if st.sessions[s.number] == s && st.peer == nil && !s.secure.Load() {
		st.unproven--
	}
	delete(st.sessions, s.number)
	ended := st.ended
	st.mu.Unlock()
	if !ended && !s.told.Load() {
		st.out.put(entryRefuse, s.number, appendRefuse(nil, why))
	}
}

// proven says that a handshake of the other end is done.
func (st *stream) proven(s *session) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.peer == nil && st.sessions[s.number] == s {
		st.unproven--
	}
}

// late gives the handshakes of the other end that have taken too long.
func (st *stream) late(now time.Time) []*session {
	st.mu.Lock()
	defer st.mu.Unlock()
	var all []*session
	if st.unproven > 0 {
		for _, s := range st.sessions {
			if !s.secure.Load() && now.After(s.due) {
				all = append(all, s)
			}
		}
	}
	return all
}

// idle reports whether no link is on the stream.
func (st *stream) idle() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return len(st.sessions) == 0
}

// mayOffer takes a place among the offers under way, if there is one.
func (st *stream) mayOffer(moving bool) bool {
	most := int64(offersMost)
	if moving {
		most = movesMost
	}
	if st.offers.Load() >= most {
		return false
	}
	st.offers.Add(1)
	return true
}

// kickIf makes the peer's offers go on when enough of those under way on a
// stream are done.
func (p *peer) kickIf(st *stream) {
	if n := st.offers.Load(); n == 0 || n == movesMost/2 || n == offersMost/2 {
		p.kick()
	}
}
