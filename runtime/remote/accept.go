package remote

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// acceptAll takes connections until the listener is closed.
func (d *Door) acceptAll() {
	conf := &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return d.serverTLS(), nil }}
	listen := d.gate.Listen(d.listen)
	for {
		raw, err := listen.Accept()
		if err != nil {
			if d.quit.Err() != nil {
				return
			}
			d.log.Warn("connection not accepted", "err", err)
			select { // out of file descriptors, most likely
			case <-time.After(d.cfg.RetryFirst):
			case <-d.quit.Done():
				return
			}
			continue
		}
		if !d.start(func() { d.admit(raw, conf) }) {
			raw.Close()
		}
	}
}

func (d *Door) serverTLS() *tls.Config {
	d.mu.Lock()
	protos := make([]string, 0, len(d.protos))
	for p := range d.protos {
		protos = append(protos, p)
	}
	d.mu.Unlock()
	slices.Sort(protos)
	conf := pki.ServerTLS(d.cfg.Signer, d.cfg.Verifier, pki.Ours(d.cfg.Signer, flow.RoleNode), protos...)
	conf.SessionTicketsDisabled = true // nothing of ours resumes: each connection proves itself
	return conf
}

// admit finds out who is there and hands the connection on.
func (d *Door) admit(raw net.Conn, conf *tls.Config) {
	tc, err := d.gate.Handshake(d.quit, raw, conf)
	if err != nil {
		if refusal := new(pki.Refusal); errors.As(err, &refusal) {
			d.log.Warn("connection refused", "peer", refusal.Who, "addr", raw.RemoteAddr().String(), "err", err)
		} else {
			d.log.Debug("connection not made", "addr", raw.RemoteAddr().String(), "err", err)
		}
		if !errors.Is(err, io.EOF) && d.quit.Err() == nil && !d.tooEarly(err) { // who only looks whether we are there has tried nothing
			d.auditStranger(raw.RemoteAddr(), "connect to the door", err)
		}
		return
	}
	c, err := d.keep(tc, true)
	if err != nil {
		d.log.Debug("connection not kept", "addr", raw.RemoteAddr().String(), "err", err)
		return
	}
	d.mu.Lock()
	serve := d.protos[tc.ConnectionState().NegotiatedProtocol]
	d.mu.Unlock()
	if serve == nil { // can't be: it was agreed upon
		c.Close()
		return
	}
	defer func() {
		if r := recover(); r != nil {
			c.Close()
			d.log.Error("handler panicked", "peer", c.peer.URI, "err", r, "stack", string(debug.Stack()))
		}
	}()
	serve(c, c.peer)
}

// A Conn is a connection to a verified node.
type Conn struct {
	*tls.Conn
	door  *Door
	peer  flow.Identity
	own   flow.Identity // who we were to it
	fresh time.Time     // when whoever has dialled it should see to a new one
	guest bool          // the peer has dialled

	closed atomic.Bool // from here
}

// PeerOf is who is at the other end of a connection that a door made.
func PeerOf(c net.Conn) (flow.Identity, bool) {
	if c, ok := c.(*Conn); ok {
		return c.peer, true
	}
	return flow.Identity{}, false
}

// Peer is who is at the other end.
func (c *Conn) Peer() flow.Identity { return c.peer }

// Close closes the connection.
func (c *Conn) Close() error {
	c.closed.Store(true)
	d := c.door
	d.mu.Lock()
	if d.conns[c] {
		delete(d.conns, c)
		if c.guest {
			if d.guests[c.peer.URI]--; d.guests[c.peer.URI] == 0 {
				delete(d.guests, c.peer.URI)
			}
		}
	}
	d.mu.Unlock()
	return c.Conn.Close()
}

// keep wraps a connection whose handshake is done and watches over it.
func (d *Door) keep(tc *tls.Conn, guest bool) (*Conn, error) {
	id, err := pki.PeerIdentity(tc.ConnectionState(), d.cfg.Verifier)
	if err != nil {
		tc.Close()
		return nil, err
	}
	c := &Conn{Conn: tc, door: d, peer: id, own: d.cfg.Signer().ID, guest: guest}
	c.fresh = freshUntil(d.cfg.Now(), c.own.NotAfter, id.NotAfter)
	if err := d.admitted(c); err != nil {
		tc.Close()
		if !errors.Is(err, ErrClosed) {
			d.auditPeer(c, flow.AuditConnection, "", "connect to the door", err)
		}
		return nil, err
	}
	return c, nil
}

func (d *Door) admitted(c *Conn) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return ErrClosed
	}
	if c.guest {
		if d.guests[c.peer.URI] >= guestsMost {
			return fmt.Errorf("%d connections from one node are the most", guestsMost)
		}
		d.guests[c.peer.URI]++
	}
	d.conns[c] = true
	return nil
}

// arrivals is a listener of connections that have been accepted already.
type arrivals struct {
	addr net.Addr
	conn chan net.Conn
	once sync.Once
	quit chan struct{}
}

func newArrivals(addr net.Addr) *arrivals {
	return &arrivals{addr: addr, conn: make(chan net.Conn), quit: make(chan struct{})}
}

func (a *arrivals) put(c net.Conn) {
	select {
	case a.conn <- c:
	case <-a.quit:
		c.Close()
	}
}

// Accept gives the next connection.
func (a *arrivals) Accept() (net.Conn, error) {
	select {
	case c := <-a.conn:
		return c, nil
	case <-a.quit:
		return nil, net.ErrClosed
	}
}

// Close makes Accept return.
func (a *arrivals) Close() error {
	a.once.Do(func() { close(a.quit) })
	return nil
}

// Addr is the door's address.
func (a *arrivals) Addr() net.Addr { return a.addr }
