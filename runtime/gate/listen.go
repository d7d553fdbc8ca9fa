package gate

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

// Listen lets connections of l through the gate. Those that may not come in
// are closed, and Accept goes on to the next. What it gives is not readable
// before its turn. Whoever finds out who the caller is calls [Known];
// [Gate.Handshake] does.
func (g *Gate) Listen(l net.Listener) net.Listener { return &listener{Listener: l, gate: g} }

type listener struct {
	net.Listener
	gate *Gate
}

// Accept gives the next connection that may come in.
func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from, turn, why := l.gate.enter(raw.RemoteAddr())
		if why != "" {
			reset(raw)
			continue
		}
		return &conn{Conn: raw, gate: l.gate, from: from, turn: turn, quit: make(chan struct{})}, nil
	}
}

// reset closes a connection and leaves nothing of it behind in the kernel.
func reset(c net.Conn) {
	if t, ok := c.(interface{ SetLinger(int) error }); ok {
		t.SetLinger(0)
	}
	c.Close()
}

// A conn is one that has come in.
type conn struct {
	net.Conn
	gate *Gate
	from *caller
	turn time.Time

	quit  chan struct{} // closed by Close
	close sync.Once
	wait  sync.Once

	// Of the handshake, and of its goroutine only.
	paced bool // it is under way
	works bool // it has a place
	since time.Time

	known, gone bool // guarded by the gate
}

// Read waits for the connection's turn first.
func (c *conn) Read(b []byte) (int, error) {
	c.wait.Do(c.await)
	if !c.paced {
		return c.Conn.Read(b)
	}
	c.rest()
	defer c.work()
	return c.Conn.Read(b)
}

func (c *conn) await() {
	wait := time.Until(c.turn)
	if wait <= 0 {
		return
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-c.quit:
	}
}

// Close closes the connection.
func (c *conn) Close() error {
	c.close.Do(func() { close(c.quit) })
	c.gate.leave(c)
	return c.Conn.Close()
}

// NetConn is the connection below.
func (c *conn) NetConn() net.Conn { return c.Conn }

// Known says that the caller of a connection that a gate let in is known: it
// is not counted among the strangers any more. It may be the connection that
// [Gate.Listen] gave or one of crypto/tls upon it; others are left alone.
func Known(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if own, ok := c.(*conn); ok {
		own.gate.known(own)
	}
}

// Handshake does the server's side of a TLS handshake on a connection of
// [Gate.Listen], within [Limits].Within of its turn, and as the machine has
// processors to spare. When it fails the connection is closed.
func (g *Gate) Handshake(ctx context.Context, raw net.Conn, conf *tls.Config) (*tls.Conn, error) {
	within := g.limits.Within
	if own, ok := raw.(*conn); ok {
		within += max(0, time.Until(own.turn))
		own.paced = true
		defer func() {
			own.paced = false
			own.rest()
		}()
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	c := tls.Server(raw, conf)
	if err := c.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	Known(raw)
	return c, nil
}

// A Failed is told of a handshake that failed: who was there and why. It is
// called from many goroutines.
type Failed func(addr net.Addr, err error)

// TLS is a listener whose Accept gives *[tls.Conn]s that have done their
// handshake: a slow caller holds up nobody. Callers that fail are told to
// failed, if that is not nil, as often as they fail; it must not block. Close
// ends the handshakes that are under way.
func (g *Gate) TLS(l net.Listener, conf *tls.Config, failed Failed) net.Listener {
	t := &secure{Listener: g.Listen(l), gate: g, conf: conf, failed: failed, ready: make(chan net.Conn), ended: make(chan struct{})}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	t.run.Go(t.acceptAll)
	return t
}

type secure struct {
	net.Listener
	gate   *Gate
	conf   *tls.Config
	failed Failed

	ctx    context.Context
	cancel context.CancelFunc
	run    sync.WaitGroup
	ready  chan net.Conn
	ended  chan struct{} // closed when acceptAll has ended; err says why
	err    error
}

func (t *secure) acceptAll() {
	for {
		raw, err := t.Listener.Accept()
		if err == nil {
			t.run.Go(func() { t.admit(raw) })
			continue
		}
		if ne := net.Error(nil); t.ctx.Err() == nil && errors.As(err, &ne) && temporary(ne) {
			select { // out of file descriptors, most likely
			case <-time.After(100 * time.Millisecond):
			case <-t.ctx.Done():
			}
			continue
		}
		t.err = err
		close(t.ended)
		return
	}
}

func temporary(err any) bool {
	t, ok := err.(interface{ Temporary() bool })
	return ok && t.Temporary()
}

func (t *secure) admit(raw net.Conn) {
	c, err := t.gate.Handshake(t.ctx, raw, t.conf)
	if err != nil {
		if t.failed != nil && t.ctx.Err() == nil {
			t.failed(raw.RemoteAddr(), err)
		}
		return
	}
	select {
	case t.ready <- c:
	case <-t.ctx.Done():
		raw.Close()
	}
}

// Accept gives the next connection whose handshake is done.
func (t *secure) Accept() (net.Conn, error) {
	select {
	case c := <-t.ready:
		return c, nil
	case <-t.ended:
		return nil, t.err
	}
}

// Close closes the listener; connections that were accepted stay.
func (t *secure) Close() error {
	t.cancel()
	err := t.Listener.Close()
	t.run.Wait()
	return err
}
