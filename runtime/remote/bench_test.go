package remote

import (
	"context"
	"crypto/x509"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardflow/wardflow/proto/wardflowpb"
	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
)

// far is both ends of one link, the receiver counting what comes.
type far struct {
	end  LinkEnd
	in   *link.In
	out  *link.Out
	send func(link.Message) bool
	got  atomic.Int64
	room chan struct{}
	back chan link.Message
}

func (f *far) Accept(flow.LinkID) (LinkEnd, error) { return f.end, nil }
func (f *far) Judge(_ flow.LinkID, _ link.End, c []*x509.Certificate) (flow.Identity, error) {
	return flow.Identity{URI: c[0].URIs[0].String(), NotAfter: c[0].NotAfter}, nil
}
func (f *far) Up(_ flow.LinkID, _ flow.Identity, send func(link.Message) bool) error {
	f.send = send
	if f.out != nil {
		send(link.Message{Kind: link.KindOpen})
	}
	return nil
}
func (f *far) Message(_ flow.LinkID, m link.Message) error {
	switch m.Kind {
	case link.KindOpen:
		f.send(link.Message{Kind: link.KindOpened, Taken: f.in.Received(), Credit: f.in.Credit()})
	case link.KindFrame:
		n, err := f.in.Accept(&m.Frame)
		if err != nil {
			return err
		}
		for range n {
			f.in.Take()
		}
		f.got.Add(int64(n))
		f.in.Settle(f.in.Taken())
		if f.in.GrantDue() {
			if !f.send(link.Message{Kind: link.KindCredit, Credit: f.in.Credit()}) || !f.send(link.Message{Kind: link.KindSettled, Settled: f.in.SettledTo()}) {
				return errors.New("no room for answers")
			}
		}
	default:
		f.back <- m
	}
	return nil
}
func (f *far) Holds(link.Terms, flow.Identity) error { return nil }
func (f *far) Ready(flow.LinkID) {
	select {
	case f.room <- struct{}{}:
	default:
	}
}
func (f *far) Down(flow.LinkID, error) {}

// Tokens of 86 bytes over a link between two doors of one process: numbered,
// sealed, granted and settled.
func BenchmarkLink(b *testing.B) {
	h := newHall(b)
	from, to := h.room("bedside"), h.room("desk")
	l, _ := flow.ParseLinkID("w:a.out > w:b.in")
	terms := link.Terms{Link: l.ID(), From: link.End{Actor: "w:a", Node: "bedside", Epoch: 1}, To: link.End{Actor: "w:b", Node: "desk", Epoch: 1}}
	const window = 65536
	sink := &far{end: LinkEnd{terms, to.cfg.Signer()}, in: link.NewIn(l.ID(), window)}
	src := &far{out: link.NewOut(l.ID(), window), room: make(chan struct{}, 1), back: make(chan link.Message, 1024)}
	to.Carry(sink)
	from.Carry(src)
	if err := from.OpenLink(LinkEnd{terms, from.cfg.Signer()}); err != nil {
		b.Fatal(err)
	}
	hear := func(m link.Message) {
		switch m.Kind {
		case link.KindOpened:
			src.out.Opened(m.Taken, m.Credit)
		case link.KindCredit:
			src.out.Credit(m.Credit)
		case link.KindSettled:
			src.out.Settled(m.Settled)
		}
	}
	hear(<-src.back)
	tok := flow.Token{Source: "w:a", Made: time.Unix(1e9, 0), Value: flow.Sealed{Kind: "reading", Bytes: make([]byte, 86)}}
	m := link.Message{Kind: link.KindFrame}
	b.ReportAllocs()
	for b.Loop() {
		for {
			if _, err := src.out.Offer(tok); err == nil {
				break
			}
			hear(<-src.back)
		}
		if made := src.out.Made(); made%64 != 0 {
			continue
		}
		src.out.Release(src.out.Made())
		for len(src.back) > 0 {
			hear(<-src.back)
		}
		for src.out.Next(&m.Frame, 64) {
			for !src.send(m) {
				<-src.room
			}
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}

// The same bytes in bare packets of our service, neither numbered nor sealed:
// what the link costs is the difference. One op is a packet of 64 tokens.
func BenchmarkBareStream(b *testing.B) {
	h := newHall(b)
	from, to := h.room("bedside"), h.room("desk")
	to.Carry(nobody{})
	p, err := from.peer("desk")
	if err != nil {
		b.Fatal(err)
	}
	c, err := p.take().rpc.Links(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	m := frame("l", 1)
	for n := uint64(2); n <= 64; n++ {
		m.Frame.Tokens = append(m.Frame.Tokens, flow.Token{Seq: n, Source: "w:a", Value: flow.Sealed{Kind: "reading", Bytes: make([]byte, 86)}})
	}
	body, _, err := link.AppendMessage(nil, &m, 1<<16)
	if err != nil {
		b.Fatal(err)
	}
	packet := append(appendEntryHead(nil, entrySealed, 1, len(body)), body...)
	b.SetBytes(int64(len(packet)))
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Send(&wardflowpb.Packet{Entries: packet}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(64*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}

func BenchmarkAsk(b *testing.B) {
	h := newHall(b)
	from, to := h.room("bedside"), h.room("desk")
	to.Answer("echo", func(_ context.Context, _ flow.Identity, body []byte) ([]byte, error) { return body, nil })
	for b.Loop() {
		if _, err := from.Ask(b.Context(), "desk", "echo", []byte("x")); err != nil {
			b.Fatal(err)
		}
	}
}
