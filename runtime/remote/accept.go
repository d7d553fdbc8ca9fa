package remote

import (
	"context"
	"crypto/tls"
	"errors"
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
	for {
		// A place first: a flood of strangers waits in the kernel, not in our memory.
		select {
		case d.ports <- struct{}{}:
		case <-d.quit.Done():
			return
		}
		raw, err := d.listen.Accept()
		if err != nil {
			<-d.ports
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
			<-d.ports
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
	conf := pki.ServerTLS(d.cfg.Signer, d.cfg.Verifier, pki.Only(flow.RoleNode), protos...)
	conf.SessionTicketsDisabled = true // nothing of ours resumes: each connection proves itself
	return conf
}

// admit finds out who is there and hands the connection on.
func (d *Door) admit(raw net.Conn, conf *tls.Config) {
	ctx, cancel := context.WithTimeout(d.quit, handshakeTime)
	tc := tls.Server(raw, conf)
	err := tc.HandshakeContext(ctx)
	cancel()
	<-d.ports
	if err != nil {
		raw.Close()
		if refusal := new(pki.Refusal); errors.As(err, &refusal) {
			d.log.Warn("connection refused", "peer", refusal.Who, "addr", raw.RemoteAddr().String(), "err", err)
		} else {
			d.log.Debug("connection not made", "addr", raw.RemoteAddr().String(), "err", err)
		}
		return
	}
	c, err := d.keep(tc)
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
	door *Door
	peer flow.Identity
	ends time.Time // when the first of the two certificates does

	closed atomic.Bool // from here
}

// PeerOf is who is at the other end of a connection that a door made.
func PeerOf(c net.Conn) (flow.Identity, bool) {
	if c, ok := c.(*Conn); ok {
		return c.peer, true
	}
	return flow.Identity{}, false
}

// Close closes the connection.
func (c *Conn) Close() error {
	c.closed.Store(true)
	c.door.mu.Lock()
	delete(c.door.conns, c)
	c.door.mu.Unlock()
	return c.Conn.Close()
}

// keep wraps a connection whose handshake is done and watches over it.
func (d *Door) keep(tc *tls.Conn) (*Conn, error) {
	id, err := pki.PeerIdentity(tc.ConnectionState(), d.cfg.Verifier)
	if err != nil {
		tc.Close()
		return nil, err
	}
	c := &Conn{Conn: tc, door: d, peer: id, ends: id.NotAfter}
	if own := d.cfg.Signer().ID.NotAfter; own.Before(c.ends) {
		c.ends = own
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		tc.Close()
		return nil, ErrClosed
	}
	d.conns[c] = true
	return c, nil
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
