package remote

import (
	"errors"
	"hash/fnv"
	"strings"
	"time"

	"github.com/wardflow/wardflow/runtime/pki"
)

// A connection of [Door.Handle] ends with the certificates that it was made
// with. Whoever has dialled it ends it some time before, so that its
// users dial another while there is time, and not all at once.

// turns reports whether a connection should be replaced now: three quarters of
// what was left of its certificates when it was made are over, and up to a
// twelfth more by chance.
func (c *Conn) turns(now time.Time) bool {
	if c.guest || c.ConnectionState().NegotiatedProtocol == grpcProto {
		return false // the peer sees to it; a line does
	}
	end := c.own.NotAfter
	if c.peer.NotAfter.Before(end) {
		end = c.peer.NotAfter
	}
	h := fnv.New32a()
	h.Write([]byte(c.LocalAddr().String()))
	by := time.Duration(h.Sum32() % 1000)
	return now.After(c.fresh.Add(end.Sub(c.fresh) / 3 * by / 1000))
}

// outlived reports whether a connection ends only because its certificates have
// been renewed since: nobody has tried anything.
func (d *Door) outlived(c *Conn, err error, now time.Time) bool {
	if !errors.Is(err, pki.ErrExpired) {
		return false
	}
	if own := d.cfg.Signer().ID; now.After(c.own.NotAfter) && own.Leaf != c.own.Leaf && now.Before(own.NotAfter) {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for o := range d.conns {
		if o.peer.URI == c.peer.URI && o.peer.NotAfter.After(c.peer.NotAfter) && now.Before(o.peer.NotAfter) {
			return true
		}
	}
	return false
}

// settleIn is how long after the door has opened not all protocols need have a
// handler yet.
const settleIn = 30 * time.Second

// tooEarly reports whether somebody, most likely a friend, has asked for one of
// our protocols before it had a handler: that is not worth a record.
func (d *Door) tooEarly(err error) bool {
	return time.Since(d.opened) < settleIn && strings.Contains(err.Error(), `unsupported application protocols (["wardflow-`)
}
