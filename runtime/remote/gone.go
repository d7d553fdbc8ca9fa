package remote

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A node whose process has died shows it at once: its host ends its connections
// and refuses new ones. Gossip needs seconds to say so. A node that is only cut
// off, or stopped, refuses nothing: there gossip decides.

// goneWithin is how long one look at a node's address may take.
const goneWithin = 250 * time.Millisecond

// Read notes when the other end has ended the connection.
func (c *Conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil && !c.closed.Load() {
		if ne := net.Error(nil); !errors.As(err, &ne) || !ne.Timeout() {
			c.door.lookAfter(flow.NodeID(c.peer.Name))
		}
	}
	return n, err
}

// lookAfter looks whether a node that has ended a connection is gone. Of several
// connections that end together one leads to a look.
func (d *Door) lookAfter(node flow.NodeID) {
	if d.cfg.Gone == nil || node == d.cfg.Self {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing || d.looking[node] {
		return
	}
	d.looking[node] = true
	d.run.Go(func() {
		gone := d.refuses(node) && d.wait(d.cfg.RetryFirst) && d.refuses(node)
		d.mu.Lock()
		delete(d.looking, node)
		d.mu.Unlock()
		if gone && d.quit.Err() == nil {
			d.cfg.Gone(node)
		}
	})
}

// wait is false when the door has closed meanwhile.
func (d *Door) wait(t time.Duration) bool {
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-d.quit.Done():
		return false
	}
}

// refuses reports whether nobody listens at a node's address.
func (d *Door) refuses(node flow.NodeID) bool {
	addr, ok := d.cfg.Address(node)
	if !ok {
		return false
	}
	ctx, cancel := context.WithTimeout(d.quit, goneWithin)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err == nil {
		c.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}
