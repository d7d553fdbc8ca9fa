package remote

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/pki"
)

// Certificates are renewed three times while somebody uses a connection of a
// protocol of their own: each connection ends from the side that has dialled it,
// while its certificates hold, another takes its place at the first attempt, and
// nobody is put on record for it.
func TestConnectionsAreReplacedInTime(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds: certificates have to end")
	}
	h := newHall(t)
	const life = 3 * time.Second
	var who [2]*holder
	var rooms [2]*room
	events := make(chan flow.AuditEvent, 100)
	for i, name := range []flow.NodeID{"bedside", "desk"} {
		who[i] = h.holder(pki.Request{Role: flow.RoleNode, Name: string(name), Life: life})
		rooms[i] = h.room(name, who[i].quick, func(c *Config) { c.Audit = func(e flow.AuditEvent) { events <- e } })
	}
	rooms[1].Handle("echo/1", func(c net.Conn, _ flow.Identity) {
		defer c.Close()
		r := bufio.NewReader(c)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if _, err := c.Write([]byte(line)); err != nil {
				return
			}
		}
	})
	dial := func() *Conn {
		t.Helper()
		c, err := rooms[0].Dial(t.Context(), "echo/1", rooms[1].Addr(), "desk")
		if err != nil {
			t.Fatal(err)
		}
		return c.(*Conn)
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		tick := time.NewTicker(life / 2)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				who[0].renew()
				who[1].renew()
			case <-stop:
				return
			}
		}
	}()
	c := dial()
	for n := 0; n < 3; {
		_, err := c.Write([]byte("beat\n"))
		if err == nil {
			_, err = bufio.NewReader(c).ReadString('\n')
		}
		if err == nil {
			continue
		}
		if !c.closed.Load() {
			t.Fatalf("the connection ended from the other side: %v", err)
		}
		if end := c.peer.NotAfter; !time.Now().Before(end) {
			t.Errorf("the connection ended %s after its certificate", time.Since(end))
		}
		old := c.own.Leaf
		if c = dial(); c.own.Leaf == old {
			t.Error("the new connection has the old certificate")
		}
		n++
	}
	c.Close()
	for len(events) > 0 {
		if e := <-events; strings.Contains(e.What, "connection") || e.Refused() {
			t.Errorf("on record: %+v", e)
		}
	}
}

// One of our protocols that has no handler yet is no refusal to record; another's
// is.
func TestAFriendWhoComesTooEarly(t *testing.T) {
	h := newHall(t)
	a, b := h.room("bedside"), h.room("desk")
	for _, proto := range []string{"wardflow-later/1", "other/1"} {
		if c, err := a.Dial(t.Context(), proto, b.Addr(), "desk"); err == nil {
			c.Close()
			t.Errorf("%s is answered", proto)
		}
	}
	b.wait("a record of the second", func() bool { return len(b.audits) > 0 })
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.audits {
		if strings.Contains(e.Why, "wardflow-later") {
			t.Errorf("on record: %+v", e)
		}
	}
}
