package remote

import (
	"net"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
)

// A node whose process is gone is told of at once; one that has only lost its
// connections, or whose address leads nowhere, is not.
func TestGone(t *testing.T) {
	h := newHall(t)
	told := make(chan flow.NodeID, 10)
	bedside := h.room("bedside", func(c *Config) { c.Gone = func(n flow.NodeID) { told <- n } })
	desk, records := h.room("desk"), h.room("records")
	for _, far := range []*room{desk, records} {
		end := h.join(bedside, far, string(far.cfg.Self), bedside.cfg.Signer(), far.cfg.Signer(), 100)
		bedside.open(end)
		bedside.give(end.Terms.Link, 1, 10)
		far.inOrder(end.Terms.Link, 10)
	}
	looks := func() int {
		bedside.Door.mu.Lock()
		defer bedside.Door.mu.Unlock()
		return len(bedside.looking)
	}
	desk.cut()
	end := h.join(bedside, desk, "again", bedside.cfg.Signer(), desk.cfg.Signer(), 100)
	bedside.open(end)
	bedside.give(end.Terms.Link, 1, 10)
	desk.inOrder(end.Terms.Link, 10)
	bedside.wait("the look at desk to end", func() bool { bedside.change(); return looks() == 0 })
	if len(told) > 0 {
		t.Errorf("%s is said to be gone, and it answers", <-told)
	}
	if err := records.Close(); err != nil {
		t.Fatal(err)
	}
	if n := <-told; n != "records" {
		t.Errorf("%s is said to be gone, want records", n)
	}
}

// A handshake with nobody there to end it is no sign of anything: connections
// that this side closes lead to no look.
func TestClosingOnesOwnConnectionsIsNoSign(t *testing.T) {
	h := newHall(t)
	told := make(chan flow.NodeID, 10)
	bedside := h.room("bedside", func(c *Config) { c.Gone = func(n flow.NodeID) { told <- n } })
	desk := h.room("desk")
	served := make(chan struct{})
	desk.Handle("talk/1", func(c net.Conn, _ flow.Identity) {
		defer close(served)
		defer c.Close()
		c.Read(make([]byte, 1))
	})
	c, err := bedside.Dial(testContext(t), "talk/1", desk.Addr(), "desk")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("read from a closed connection")
	}
	<-served
	bedside.Door.mu.Lock()
	defer bedside.Door.mu.Unlock()
	if len(bedside.looking) > 0 || len(told) > 0 {
		t.Error("the door looks after a node whose connection it has closed itself")
	}
}
