package member

import (
	"slices"
	"time"
)

const (
	maxPacket = 32 << 10         // bytes, of memberlist's packets
	backlog   = 64               // packets that wait for one node; more are dropped
	idle      = 30 * time.Second // after which a connection without packets is closed
)

// A sender carries packets to one node over one connection, dialled when there
// is something to send. A node that can't be reached holds up nobody else.
type sender struct {
	queue chan []byte
	reset chan struct{} // the connection is not to be used any more
}

// send queues a packet for a node, and drops it if too many wait.
func (t *transport) send(to string, b []byte) {
	if len(b) > maxPacket {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return
	}
	s := t.senders[to]
	if s == nil {
		s = &sender{queue: make(chan []byte, backlog), reset: make(chan struct{}, 1)}
		t.senders[to] = s
		t.busy.Go(func() { t.carry(to, s) })
	}
	select {
	case s.queue <- slices.Clone(b):
	default:
	}
}

// hangUp closes the connection for packets to a node. After a split of the
// network TCP may wait for minutes before it tries an old one again.
func (t *transport) hangUp(to string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.senders[to]; s != nil {
		select {
		case s.reset <- struct{}{}:
		default:
		}
	}
}

func (t *transport) carry(to string, s *sender) {
	var c *conn
	var key uint64 // of the transport, when c was dialled
	end := func() {
		if c != nil {
			c.Close()
			c = nil
		}
	}
	defer end()
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		select {
		case b := <-s.queue:
			if c != nil && key != t.key.Load() {
				end()
			}
			if c != nil && !give(c, b) { // the door ends them when certificates are renewed
				end()
			} else if c != nil {
				timer.Reset(idle)
				continue
			}
			var err error
			key = t.key.Load()
			if c, err = t.dial(t.run, packets, to); err != nil {
				c = nil
				drain(s.queue) // as old as the attempt
				continue
			}
			if !give(c, b) {
				end()
			}
			timer.Reset(idle)
		case <-s.reset:
			end()
		case <-t.run.Done():
			return
		case <-timer.C:
			t.mu.Lock()
			if len(s.queue) == 0 {
				delete(t.senders, to)
				t.mu.Unlock()
				return
			}
			t.mu.Unlock()
			timer.Reset(idle)
		}
	}
}

// give sends a packet; false when the connection is no good any more.
func give(c *conn, b []byte) bool {
	c.SetWriteDeadline(time.Now().Add(greetWithin))
	_, err := c.Write(frame(nil, b))
	return err == nil
}

func drain(queue chan []byte) {
	for {
		select {
		case <-queue:
		default:
			return
		}
	}
}
