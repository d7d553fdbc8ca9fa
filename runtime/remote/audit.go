package remote

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/gate"
	"github.com/wardflow/wardflow/runtime/pki"
)

// What a door tells [Config].Audit: who was refused, and named as well as we
// can: a node whose connection stands is proven, anybody before that is only
// what the certificate says.

// auditMost is how many events about one peer, or one address, the door tells in
// a second; the next one says how many were left out.
const auditMost = 20

// A tally counts what was told of each peer in this second.
type tally struct {
	mu     sync.Mutex // guards what follows
	since  time.Time
	told   map[string]int
	missed map[string]int
}

// talliesMost bounds the memory that peers and addresses can make us use.
const talliesMost = 1024

// may reports whether one more may be told of who, and how many were not since
// the last.
func (t *tally) may(who string, now time.Time) (missed int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.told == nil || now.Sub(t.since) >= time.Second || now.Before(t.since) {
		t.since, t.told = now, make(map[string]int)
	}
	if len(t.missed) >= talliesMost {
		t.missed = nil
	}
	if t.missed == nil {
		t.missed = make(map[string]int)
	}
	if t.told[who] >= auditMost || len(t.told) >= talliesMost {
		t.missed[who]++
		return 0, false
	}
	t.told[who]++
	missed = t.missed[who]
	delete(t.missed, who)
	return missed, true
}

func (d *Door) audit(e flow.AuditEvent) {
	if d.cfg.Audit == nil {
		return
	}
	e.At = d.cfg.Now().UTC()
	who := e.Who
	if !e.Proven {
		who, _, _ = net.SplitHostPort(e.From)
	}
	missed, ok := d.tally.may(who, e.At)
	if !ok {
		return
	}
	if missed > 0 {
		e.What = fmt.Sprintf("%s (and %d more from there)", e.What, missed)
	}
	d.cfg.Audit(e)
}

// auditStranger is about somebody whose connection did not come about.
func (d *Door) auditStranger(addr net.Addr, what string, err error) {
	e := flow.AuditEvent{Kind: flow.AuditConnection, From: addr.String(), What: what, Why: err.Error()}
	if r := new(pki.Refusal); errors.As(err, &r) {
		e.Who = r.Who
	}
	d.audit(e)
}

// auditFlood is about connections that the gate has closed.
func (d *Door) auditFlood(r gate.Refusal) {
	d.log.Warn("connections refused", "addr", r.Addr.String(), "count", r.Count, "err", r.Why)
	d.audit(flow.AuditEvent{Kind: flow.AuditConnection, From: r.Addr.String(), What: fmt.Sprintf("open a connection, %d times", r.Count), Why: r.Why})
}

// auditPeer is about a node at the other end of a connection.
func (d *Door) auditPeer(c *Conn, kind flow.AuditKind, link flow.LinkID, what string, err error) {
	if d.cfg.Audit == nil {
		return
	}
	d.audit(flow.AuditEvent{Kind: kind, Who: c.peer.URI, Proven: true, From: c.RemoteAddr().String(), Link: link, What: what, Why: err.Error()})
}

// audit is about a link that this door will not have, or not any more.
func (s *session) audit(err error) {
	kind, what := flow.AuditLink, "open link "+string(s.t.id)
	if s.secure.Load() {
		kind, what = flow.AuditFrame, "speak on link "+string(s.t.id)
		if errors.Is(err, pki.ErrRevoked) || errors.Is(err, pki.ErrExpired) || errors.Is(err, errNotAllowed) {
			kind, what = flow.AuditLink, "keep link "+string(s.t.id)
		}
	}
	s.st.door.auditPeer(s.st.conn, kind, s.t.id, what, err)
}
