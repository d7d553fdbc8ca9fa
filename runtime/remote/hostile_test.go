package remote

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/proto/wardflowpb"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A hostile is a node in good standing, with a certificate of the hospital,
// that says what it likes: its packets are written by hand.
type hostile struct {
	*room
	stream   wardflowpb.Door_LinksClient
	exporter []byte
	signer   flow.Signer
	heard    []byte // of the last packet, not looked at yet
}

func (h *hall) hostile(name flow.NodeID, to *room) *hostile {
	h.t.Helper()
	e := &hostile{room: h.room(name)}
	e.signer = e.cfg.Signer()
	p, err := e.peer(to.cfg.Self)
	if err != nil {
		h.t.Fatal(err)
	}
	if e.stream, err = p.take().rpc.Links(testContext(h.t)); err != nil {
		h.t.Fatal(err)
	}
	conn, err := connOf(e.stream.Context())
	if err == nil {
		e.exporter, err = conn.exporter()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return e
}

func (e *hostile) put(kind entryKind, number uint64, body []byte) {
	e.raw(append(appendEntryHead(nil, kind, number, len(body)), body...))
}

func (e *hostile) raw(b []byte) {
	e.hall.t.Helper()
	if err := e.stream.Send(&wardflowpb.Packet{Entries: b}); err != nil {
		e.hall.t.Fatal(err)
	}
}

// hear waits for the next entry.
func (e *hostile) hear() entry {
	e.hall.t.Helper()
	if len(e.heard) == 0 {
		p, err := e.stream.Recv()
		if err != nil {
			e.hall.t.Fatalf("the stream has ended: %v", err)
		}
		e.heard = p.GetEntries()
	}
	en, rest, err := readEntry(e.heard)
	if err != nil {
		e.hall.t.Fatal(err)
	}
	e.heard = rest
	return en
}

// ended waits for the stream to end, whatever else is said before.
func (e *hostile) ended() {
	for {
		if _, err := e.stream.Recv(); err != nil {
			return
		}
	}
}

// refused waits for the refusal of a number.
func (e *hostile) refused(number uint64) error {
	e.hall.t.Helper()
	for {
		if en := e.hear(); en.kind == entryRefuse && en.number == number {
			return readRefuse(en.body, "desk")
		}
	}
}

// secure makes a link as an honest node would.
func (e *hostile) secure(number uint64, terms link.Terms) *link.Secured {
	e.hall.t.Helper()
	offered, offer, err := link.Offer(terms, e.exporter, e.signer)
	if err != nil {
		e.hall.t.Fatal(err)
	}
	e.put(entryOffer, number, offer)
	answer := e.hear()
	if answer.kind != entryAnswer {
		e.hall.t.Fatalf("heard %d %q, want an answer", answer.kind, answer.body)
	}
	keys, confirm, err := offered.Confirm(answer.body, func(link.End, chain) (flow.Identity, error) { return flow.Identity{URI: "anyone"}, nil })
	if err != nil {
		e.hall.t.Fatal(err)
	}
	e.put(entryConfirm, number, confirm)
	return keys
}

func seal(t *testing.T, k *link.Secured, m link.Message) []byte {
	t.Helper()
	plain, _, err := link.AppendMessage(nil, &m, 1<<19)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Seal.Seal(nil, plain)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func frame(id flow.LinkID, first uint64) link.Message {
	return link.Message{Kind: link.KindFrame, Frame: link.Frame{Link: id, First: first, Tokens: []flow.Token{{Seq: first, Value: int64(first)}}}}
}

// What a node with a good certificate can do to a link of its own: end it.
func TestHostileFrames(t *testing.T) {
	for _, tt := range []struct {
		name string
		send func(t *testing.T, e *hostile, k *link.Secured, id flow.LinkID)
		want error
	}{
		{"a frame replayed", func(t *testing.T, e *hostile, k *link.Secured, id flow.LinkID) {
			b := seal(t, k, frame(id, 1))
			e.put(entrySealed, 1, b)
			e.put(entrySealed, 1, b)
		}, link.ErrForged},
		{"frames out of order", func(t *testing.T, e *hostile, k *link.Secured, id flow.LinkID) {
			a, b := seal(t, k, frame(id, 1)), seal(t, k, frame(id, 2))
			e.put(entrySealed, 1, b)
			e.put(entrySealed, 1, a)
		}, link.ErrForged},
		{"a bit changed", func(t *testing.T, e *hostile, k *link.Secured, id flow.LinkID) {
			b := seal(t, k, frame(id, 1))
			b[3] ^= 1
			e.put(entrySealed, 1, b)
		}, link.ErrForged},
		{"a frame in clear", func(t *testing.T, e *hostile, _ *link.Secured, id flow.LinkID) {
			m := frame(id, 1)
			b, _, _ := link.AppendMessage(nil, &m, 1000)
			e.put(entrySealed, 1, b)
		}, link.ErrForged},
		{"tokens left out", func(t *testing.T, e *hostile, k *link.Secured, id flow.LinkID) {
			e.put(entrySealed, 1, seal(t, k, frame(id, 7)))
		}, link.ErrGap},
		{"more than was granted", func(t *testing.T, e *hostile, k *link.Secured, id flow.LinkID) {
			m := frame(id, 1)
			for n := uint64(2); n <= 50; n++ {
				m.Frame.Tokens = append(m.Frame.Tokens, flow.Token{Seq: n, Value: int64(n)})
			}
			e.put(entrySealed, 1, seal(t, k, m))
		}, link.ErrOverrun},
		{"nonsense under a good seal", func(t *testing.T, e *hostile, k *link.Secured, _ flow.LinkID) {
			b, _ := k.Seal.Seal(nil, []byte("\x03nonsense"))
			e.put(entrySealed, 1, b)
		}, nil},
		{"a second answer", func(t *testing.T, e *hostile, _ *link.Secured, _ flow.LinkID) {
			e.put(entryAnswer, 1, []byte("x"))
		}, nil},
		{"a second confirm", func(t *testing.T, e *hostile, _ *link.Secured, _ flow.LinkID) {
			e.put(entryConfirm, 1, []byte("x"))
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHall(t)
			desk := h.room("desk")
			evil := h.hostile("evil", desk)
			end := h.join(evil.room, desk, "x", evil.signer, desk.cfg.Signer(), 10)
			id := end.Terms.Link
			k := evil.secure(1, end.Terms)
			desk.wait("the link", func() bool { return desk.ups == 1 })
			desk.mu.Lock()
			desk.ins[id].in.Credit()
			desk.mu.Unlock()
			tt.send(t, evil, k, id)
			if err := evil.refused(1); err == nil {
				t.Fatal("not refused")
			}
			desk.wait("the link to end", func() bool { return desk.why[id] != nil })
			if r := new(RefusedError); !errors.As(desk.why[id], &r) || tt.want != nil && !errors.Is(r, tt.want) {
				t.Errorf("the link ended because %v, want %v", desk.why[id], tt.want)
			}
			if !strings.Contains(desk.logged(), "link refused") {
				t.Error("no word of it in the log")
			}
			desk.onRecord(flow.AuditFrame, "/node/evil", "")
			// The stream, and so the other links on it, lives on.
			evil.secure(2, end.Terms)
			desk.wait("the link again", func() bool { return desk.ups == 2 })
		})
	}
}

// A node in good standing tries to speak for an actor of another node.
func TestHostileClaims(t *testing.T) {
	h := newHall(t)
	bedside, desk := h.room("bedside"), h.room("desk")
	evil := h.hostile("evil", desk)
	end := h.join(bedside, desk, "ecg", bedside.cfg.Signer(), desk.cfg.Signer(), 100)
	id := end.Terms.Link
	bedside.open(end)
	bedside.give(id, 1, 10)
	desk.inOrder(id, 10)

	for number, spoil := range []func(*link.Terms){
		func(*link.Terms) {}, // as the register says, but from the wrong node
		func(t *link.Terms) { t.Link, t.From.Actor = "w:none.out > w:ecg-sink.in", "w:none" },
		func(t *link.Terms) { t.From.Node = "evil" },
		func(t *link.Terms) { t.From.Epoch = 99 },
		func(t *link.Terms) { t.From.Epoch = 0 },
		func(t *link.Terms) { t.To.Node = "evil" },
	} {
		terms := end.Terms
		spoil(&terms)
		_, offer, err := link.Offer(terms, evil.exporter, evil.signer)
		if err != nil {
			t.Fatal(err)
		}
		evil.put(entryOffer, uint64(number+1), offer)
		if err := evil.refused(uint64(number + 1)); err == nil {
			t.Fatalf("offer %d was taken", number+1)
		}
	}
	// Sealed frames for a session of before: there is none.
	evil.put(entrySealed, 1, []byte("sealed by nobody"))
	bedside.give(id, 11, 20)
	desk.inOrder(id, 20)
	if !strings.Contains(desk.logged(), "node evil may not speak for actor w:ecg") {
		t.Errorf("no word of it in the log:\n%s", desk.logged())
	}
	desk.onRecord(flow.AuditLink, "/node/evil", "may not speak for actor w:ecg")
	if desk.mu.Lock(); desk.ups != 1 || desk.why[id] != nil {
		t.Errorf("the honest link was disturbed: %d ups, down because %v", desk.ups, desk.why[id])
	}
	desk.mu.Unlock()
}

// A handshake relayed between two connections fails: their exporters differ.
func TestHostileRelay(t *testing.T) {
	h := newHall(t)
	desk := h.room("desk")
	evil := h.hostile("evil", desk)
	end := h.join(evil.room, desk, "x", evil.signer, desk.cfg.Signer(), 10)
	evil.exporter = bytes.Repeat([]byte{1}, link.ExporterLen) // of another connection
	_, offer, err := link.Offer(end.Terms, evil.exporter, evil.signer)
	if err != nil {
		t.Fatal(err)
	}
	evil.put(entryOffer, 1, offer)
	answer := evil.hear()
	evil.put(entryConfirm, 1, answer.body[64:]) // the best it has: the receiver's own proof
	if err := evil.refused(1); err == nil || !strings.Contains(err.Error(), link.ErrUnproven.Error()) {
		t.Fatalf("refused because %v, want ErrUnproven", err)
	}
	desk.onRecord(flow.AuditLink, "/node/evil", link.ErrUnproven.Error())
}

// A node that offers links that nobody knows, again and again, is on record.
func TestHostileInventsLinks(t *testing.T) {
	h := newHall(t)
	desk := h.room("desk")
	evil := h.hostile("evil", desk)
	end := h.join(evil.room, desk, "x", evil.signer, desk.cfg.Signer(), 10)
	desk.mu.Lock()
	clear(desk.known)
	desk.mu.Unlock()
	for n := range uint64(earlyOften) {
		_, offer, err := link.Offer(end.Terms, evil.exporter, evil.signer)
		if err != nil {
			t.Fatal(err)
		}
		evil.put(entryOffer, n+1, offer)
		if err := evil.refused(n + 1); !errors.Is(err, flow.ErrLater) {
			t.Fatalf("offer %d: %v", n+1, err)
		}
	}
	desk.onRecord(flow.AuditLink, "/node/evil", "not known here yet")
}

// Breaking the packets' own rules ends the stream, and is logged with the name.
func TestHostilePackets(t *testing.T) {
	offer := func(n uint64) []byte {
		s := pkiSigner
		l, _ := flow.ParseLinkID("w:a.o > w:b.i")
		_, b, _ := link.Offer(link.Terms{Link: l.ID(), From: link.End{Actor: l.From.Actor}, To: link.End{Actor: l.To.Actor}}, make([]byte, link.ExporterLen), s)
		return append(appendEntryHead(nil, entryOffer, n, len(b)), b...)
	}
	for _, tt := range []struct {
		name string
		raw  func() []byte
	}{
		{"an unknown entry", func() []byte { return []byte{9, 1, 0} }},
		{"number 0", func() []byte { return []byte{byte(entrySealed), 0, 0} }},
		{"a length beyond the packet", func() []byte { return []byte{byte(entrySealed), 1, 200, 1} }},
		{"a number used before", func() []byte { return append(offer(5), offer(5)...) }},
		{"an offer of nonsense", func() []byte { return []byte{byte(entryOffer), 1, 3, 'a', 'b', 'c'} }},
		{"an oversized packet", func() []byte { return make([]byte, packetMost+1) }},
		{"an answer to nothing", func() []byte { return []byte{byte(entryAnswer), 7, 1, 1} }},
		{"a confirm of nothing", func() []byte { return []byte{byte(entryConfirm), 7, 1, 1} }},
		{"sealed words for nothing", func() []byte { return []byte{byte(entrySealed), 7, 1, 1} }},
		{"more than gRPC takes", func() []byte { return make([]byte, messageMost-10) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHall(t)
			desk := h.room("desk")
			pkiSigner = h.h.Node("evil")
			evil := h.hostile("evil", desk)
			evil.raw(tt.raw())
			evil.ended()
			if l := desk.logged(); !strings.Contains(l, "breaks the protocol") || !strings.Contains(l, "node/evil") {
				t.Errorf("no word of it in the log:\n%s", l)
			}
			desk.onRecord(flow.AuditFrame, "/node/evil", "")
			if _, err := evil.Ask(testContext(t), "desk", "x", nil); !strings.Contains(err.Error(), "nobody answers") {
				t.Errorf("the door is shut for all: %v", err)
			}
		})
	}
}

var pkiSigner flow.Signer // of the test that runs

// A revoked node loses its stream and its links at the next look.
func TestHostileRevoked(t *testing.T) {
	h := newHall(t)
	desk := h.room("desk")
	evil := h.hostile("evil", desk)
	end := h.join(evil.room, desk, "x", evil.signer, desk.cfg.Signer(), 10)
	evil.secure(1, end.Terms)
	desk.wait("the link", func() bool { return desk.ups == 1 })
	h.h.Verifier().RevokeLeaf(evil.signer.ID.Leaf)
	desk.Recheck()
	desk.wait("the link to end", func() bool { return desk.why[end.Terms.Link] != nil })
	evil.ended()
	desk.onRecord(flow.AuditConnection, "/node/evil", "revoked")
	if _, err := desk.Dial(testContext(t), "h2", evil.Addr(), "evil"); !isRefusal(err, pki.ErrRevoked) {
		t.Errorf("dial the revoked node: %v, want ErrRevoked", err)
	}
}
