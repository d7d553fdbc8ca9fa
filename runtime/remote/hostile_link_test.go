package remote

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/gate"
	"github.com/wardflow/wardflow/runtime/link"
)

// arrived waits for a node's stream.
func (r *room) arrived(node flow.NodeID) *stream {
	r.hall.t.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(time.Millisecond) {
		r.Door.mu.Lock()
		st := r.streams[node].now
		r.Door.mu.Unlock()
		if st != nil {
			return st
		}
	}
	r.hall.t.Fatalf("no stream of %s within %v", node, patience)
	return nil
}

// more opens a second stream to the same node, beside the first.
func (e *hostile) more() *hostile {
	e.hall.t.Helper()
	p, _ := e.peer("desk")
	l, err := p.newLine()
	if err != nil {
		e.hall.t.Fatal(err)
	}
	e.hall.t.Cleanup(func() { l.client.Close() })
	two := &hostile{room: e.room, signer: e.signer}
	if two.stream, err = l.rpc.Links(metadata.AppendToOutgoingContext(testContext(e.hall.t), handover, "1")); err != nil {
		e.hall.t.Fatal(err)
	}
	conn, err := connOf(two.stream.Context())
	if err == nil {
		two.exporter, err = conn.exporter()
	}
	if err != nil {
		e.hall.t.Fatal(err)
	}
	return two
}

// A node that has two good links, and another node's beside it, puts what it
// seals for one into the others: by number, by stream, and under the old keys
// after a renewal. Nothing of it comes out anywhere.
func TestHostileFramesForOtherLinks(t *testing.T) {
	for _, tt := range []struct {
		name string
		into func(e *hostile, b []byte, two link.Terms)
	}{
		{"another link of the same stream", func(e *hostile, b []byte, _ link.Terms) { e.put(entrySealed, 2, b) }},
		{"the same number on another stream", func(e *hostile, b []byte, two link.Terms) {
			again := e.more()
			again.secure(1, two)
			again.put(entrySealed, 1, b)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHall(t)
			desk := h.room("desk")
			evil := h.hostile("evil", desk)
			one := h.join(evil.room, desk, "one", evil.signer, desk.cfg.Signer(), 10)
			two := h.join(evil.room, desk, "two", evil.signer, desk.cfg.Signer(), 10)
			k := evil.secure(1, one.Terms)
			evil.secure(2, two.Terms)
			desk.wait("both links", func() bool { return desk.ups == 2 })
			tt.into(evil, seal(t, k, frame(one.Terms.Link, 1)), two.Terms)
			desk.onRecord(flow.AuditFrame, "/node/evil", link.ErrForged.Error())
			desk.mu.Lock()
			defer desk.mu.Unlock()
			for id, in := range desk.ins {
				if len(in.got) > 0 {
					t.Errorf("link %s took %v", id, in.got)
				}
			}
		})
	}
}

// A link that was sealed under old keys says nothing after its renewal, and a
// handshake of before is worth nothing after it.
func TestHostileReplayOfAHandshake(t *testing.T) {
	h := newHall(t)
	desk := h.room("desk")
	evil := h.hostile("evil", desk)
	end := h.join(evil.room, desk, "x", evil.signer, desk.cfg.Signer(), 10)
	offered, offer, err := link.Offer(end.Terms, evil.exporter, evil.signer)
	if err != nil {
		t.Fatal(err)
	}
	evil.put(entryOffer, 1, offer)
	answer := evil.hear()
	_, confirm, err := offered.Confirm(answer.body, func(link.End, chain) (flow.Identity, error) { return flow.Identity{URI: "anyone"}, nil })
	if err != nil {
		t.Fatal(err)
	}
	evil.put(entryConfirm, 1, confirm)
	desk.wait("the link", func() bool { return desk.ups == 1 })
	evil.put(entryOffer, 2, offer) // the same bytes: the answer is another
	if e := evil.hear(); e.kind != entryAnswer || string(e.body) == string(answer.body) {
		t.Fatalf("heard %d, want another answer", e.kind)
	}
	evil.put(entryConfirm, 2, confirm)
	if err := evil.refused(2); err == nil {
		t.Fatal("an old confirm was taken")
	}
	desk.onRecord(flow.AuditLink, "/node/evil", link.ErrUnproven.Error())
	if desk.mu.Lock(); desk.ups != 1 || desk.why[end.Terms.Link] != nil {
		t.Errorf("the link that was up was disturbed: %d ups, down because %v", desk.ups, desk.why[end.Terms.Link])
	}
	desk.mu.Unlock()
}

// What a node can put into our memory by offering links is bounded: those of
// links that are not there leave nothing, and handshakes it does not end are few.
func TestHostileOffers(t *testing.T) {
	h := newHall(t)
	desk := h.room("desk")
	evil := h.hostile("evil", desk)
	end := h.join(evil.room, desk, "x", evil.signer, desk.cfg.Signer(), 10)
	const many = 50_000 // far more than are remembered
	heard := make(chan int, 1)
	go func() { // or it would stand still after alarmWater, as it should
		n := 0
		for n < many+2*unprovenMost {
			p, err := evil.stream.Recv()
			if err != nil {
				break
			}
			for b := p.GetEntries(); len(b) > 0; n++ {
				if _, b, err = readEntry(b); err != nil {
					break
				}
			}
		}
		heard <- n
	}()
	terms := end.Terms
	var packet, parcel []byte
	number := uint64(0)
	for number < many {
		number++
		terms.Link = flow.LinkID(fmt.Sprintf("w:x%d.out > w:x-sink.in", number))
		terms.From.Actor = flow.ActorID(fmt.Sprintf("w:x%d", number))
		if number == 1 || number%1000 == 0 { // X25519 for each would be our time
			_, offer, err := link.Offer(terms, evil.exporter, evil.signer)
			if err != nil {
				t.Fatal(err)
			}
			packet = offer
		}
		parcel = append(appendEntryHead(parcel, entryOffer, number, len(packet)), packet...)
		if number%100 == 0 {
			evil.raw(parcel)
			parcel = parcel[:0]
		}
	}
	_, offer, err := link.Offer(end.Terms, evil.exporter, evil.signer)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 * unprovenMost {
		number++
		evil.put(entryOffer, number, offer)
	}
	if n := <-heard; n < many+2*unprovenMost {
		t.Fatalf("%d answers, want %d", n, many+2*unprovenMost)
	}
	desk.Door.mu.Lock()
	st, links := desk.streams["evil"].now, len(desk.links)
	desk.Door.mu.Unlock()
	st.mu.Lock()
	sessions := len(st.sessions)
	st.mu.Unlock()
	if links > 1 || sessions > unprovenMost {
		t.Errorf("%d links and %d handshakes are remembered, want 1 and %d at most", links, sessions, unprovenMost)
	}
	h.mu.Lock()
	h.ahead = handshakeTime + time.Second
	h.mu.Unlock()
	desk.Recheck()
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.sessions) > 0 || st.unproven != 0 {
		t.Errorf("%d handshakes are remembered after their time, %d counted", len(st.sessions), st.unproven)
	}
}

// A caller that asks and does not listen is not listened to.
func TestHostileDoesNotListen(t *testing.T) {
	h := newHall(t)
	desk := h.room("desk")
	evil := h.hostile("evil", desk)
	_, offer, err := link.Offer(h.join(evil.room, desk, "x", evil.signer, desk.cfg.Signer(), 10).Terms, evil.exporter, evil.signer)
	if err != nil {
		t.Fatal(err)
	}
	desk.mu.Lock()
	desk.known = map[flow.LinkID]LinkEnd{} // so that it refuses, at length
	desk.mu.Unlock()
	sent := make(chan int, 1)
	go func() {
		n := uint64(0)
		for ctx := evil.stream.Context(); ctx.Err() == nil; n++ {
			var p []byte
			for range 64 {
				n++
				p = append(appendEntryHead(p, entryOffer, n, len(offer)), offer...)
			}
			if evil.stream.SendMsg(&parcel{entries: p}) != nil {
				break
			}
		}
		sent <- int(n)
	}()
	st := desk.arrived("evil")
	waits := func() int {
		st.out.mu.Lock()
		defer st.out.mu.Unlock()
		return st.out.bytes
	}
	for until := time.Now().Add(patience); waits() < alarmWater; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("only %d bytes wait", waits())
		}
	}
	for range 50 {
		if n := waits(); n > alarmWater+packetMost {
			t.Fatalf("%d bytes wait for one that does not listen, want about %d at most", n, alarmWater)
		}
		time.Sleep(time.Millisecond)
	}
	evil.cut()
	<-sent
}

// A node opens connections by the hundred.
func TestHostileConnections(t *testing.T) {
	h := newHall(t)
	desk := h.room("desk", func(c *Config) { c.Gate = gate.Limits{Rate: 1e5, Burst: 1e5, All: 1e5, BurstAll: 1e5} })
	desk.Handle("x/1", func(c net.Conn, _ flow.Identity) { io.Copy(io.Discard, c); c.Close() })
	evil := h.room("evil")
	for range guestsMost + 5 {
		c, err := evil.Dial(testContext(t), "x/1", desk.Addr(), "desk")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	desk.onRecord(flow.AuditConnection, "/node/evil", "the most")
	desk.Door.mu.Lock()
	n := desk.guests[evil.cfg.Signer().ID.URI]
	desk.Door.mu.Unlock()
	if n > guestsMost {
		t.Errorf("%d connections of one node", n)
	}
	h.room("bedside") // others are not hindered
	if _, err := h.room("records").Ask(testContext(t), "desk", "x", nil); err == nil || !strings.Contains(err.Error(), "nobody answers") {
		t.Errorf("another node is hindered: %v", err)
	}
}

// Strangers who connect and say nothing, or who knock too often, keep no node
// waiting, and are on record.
func TestHostileStrangers(t *testing.T) {
	h := newHall(t)
	desk := h.room("desk", func(c *Config) {
		c.Gate = gate.Limits{Within: 200 * time.Millisecond, UnknownOne: 50, Wait: 10 * time.Second}
	})
	var slow []net.Conn
	for range 100 {
		c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}).Dial("tcp", desk.Addr())
		if err != nil {
			t.Skipf("another loopback address is needed: %v", err)
		}
		defer c.Close()
		slow = append(slow, c)
	}
	if _, err := h.room("bedside").Ask(testContext(t), "desk", "x", nil); err == nil || !strings.Contains(err.Error(), "nobody answers") {
		t.Errorf("an honest node is hindered: %v", err)
	}
	for i, c := range slow {
		c.SetReadDeadline(time.Now().Add(patience))
		if _, err := c.Read(make([]byte, 1)); errors.Is(err, tls.AlertError(0)) || err == nil {
			t.Errorf("slow caller %d was told something", i)
		} else if ne := net.Error(nil); errors.As(err, &ne) && ne.Timeout() {
			t.Errorf("slow caller %d is still there", i)
		}
	}
	desk.onRecord(flow.AuditConnection, "", "not known yet")
}
