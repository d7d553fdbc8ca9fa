package attack

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A hostile member, and others' links: a node speaks for the actors placed on it,
// and for no other, whatever it signs with.
func hostileLinks() []attack {
	const has = "a node's good certificate, and all that the register tells a node"
	frame := []record{{ward, flow.AuditFrame, "/node/" + enemy}}
	offer := []record{{ward, flow.AuditLink, "/node/" + enemy}}
	return []attack{
		{id: "member speaks for another's actor", has: has, tries: "offers the link of a sensor that is placed on another node, with all its terms", record: offer,
			do: func(t *testing.T, g *ground) string { return offerLink(t, g, nil, nil) }},
		{id: "member with a stolen device key", has: has + ", and the key of the very device that the link is for", record: offer,
			tries: "offers the device's link, signed with the device's key",
			do: func(t *testing.T, g *ground) string {
				s, err := pki.LoadSigner(g.file("bedside", "identities", "bed-1-hr"))
				if err != nil {
					t.Fatal(err)
				}
				return offerLink(t, g, nil, &s)
			}},
		{id: "member claims an actor", has: has, tries: "offers the link as if the sensor were placed on itself", record: offer,
			do: func(t *testing.T, g *ground) string {
				return offerLink(t, g, func(l *link.Terms) { l.From.Node = flow.NodeID(g.enemy) }, nil)
			}},
		{id: "member with another epoch", has: has, tries: "offers the link of a newer activation that does not exist", record: offer,
			do: func(t *testing.T, g *ground) string {
				return offerLink(t, g, func(l *link.Terms) { l.From.Node, l.From.Epoch = flow.NodeID(g.enemy), l.From.Epoch+1 }, nil)
			}},
		{id: "member invents a link", has: has, tries: "offers a link past the rules, from a sensor to the store", record: []record{{records, flow.AuditLink, "/node/" + enemy}},
			do: inventLink},
		{id: "member injects frames", has: has, tries: "sends sealed messages under the numbers that others' links may have", record: frame, do: injectFrames},
		{id: "member reflects", has: has, tries: "sends the door's words of a handshake back to it, out of order", record: frame, do: reflect},
		{id: "member malformed", has: has, tries: "sends packets that are none", record: frame, do: malformed},
		{id: "member oversized", has: has, tries: "sends packets and messages larger than any may be", record: frame, do: oversized},
		{id: "member floods with offers", has: has, long: true, tries: "offers 200,000 links in one stream", record: offer, do: floodOffers},
	}
}

// sensorLink is the link from the sensor of bed 1 to its collector, as agreed.
func (m *member) sensorLink(t *testing.T) link.Terms {
	t.Helper()
	v := m.sees(t)
	app := v.Apps[wardApp]
	for _, l := range app.Graph.Links {
		if strings.HasSuffix(string(l.From.Actor), ":bed_1_hr") {
			from, to := v.Placements[l.From.Actor], v.Placements[l.To.Actor]
			return link.Terms{Link: l.ID(), Life: app.Lives[l.ID()], From: link.End{Actor: l.From.Actor, Node: from.Node, Epoch: from.Epoch},
				To: link.End{Actor: l.To.Actor, Node: to.Node, Epoch: to.Epoch}}
		}
	}
	t.Fatal("the ward has no such link")
	return link.Terms{}
}

// call opens a stream of links to a node.
func (m *member) call(t *testing.T, g *ground, to flow.NodeID) (*rpc, *stream) {
	t.Helper()
	r, err := dialDoor(t.Context(), g.cfgs[to].Door, m.own)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	st := r.links(t.Context())
	t.Cleanup(st.close)
	return r, st
}

// offerLink offers the sensor's link, changed or not, signed by the member or by
// somebody else.
func offerLink(t *testing.T, g *ground, change func(*link.Terms), as *flow.Signer) string {
	m := g.member()
	terms := m.sensorLink(t)
	if change != nil {
		change(&terms)
	}
	signer := m.own
	if as != nil {
		signer = *as
	}
	r, st := m.call(t, g, ward)
	offered, offer, err := link.Offer(terms, r.exporter, signer)
	if err != nil {
		t.Fatal(err)
	}
	const tries = 25
	var how string
	var got *entry
	n := uint64(0)
	for got == nil && n < tries {
		n++
		if err := st.put(entryOf(entryOffer, n, offer)); err != nil {
			return err.Error()
		}
		how, got = st.refused(n)
	}
	if got == nil {
		return fmt.Sprintf("%d times: %s", tries, how)
	}
	// The other end has answered: nothing is lost until it believes the last step.
	_, confirm, err := offered.Confirm(got.body, func(link.End, []*x509.Certificate) (flow.Identity, error) { return flow.Identity{URI: "anyone"}, nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := st.put(entryOf(entryConfirm, n, confirm)); err != nil {
		t.Fatal(err)
	}
	how, got = st.refused(n)
	if got != nil {
		t.Fatalf("the link is open: the door says %d %x", got.kind, got.body)
	}
	return how
}

func inventLink(t *testing.T, g *ground) string {
	m := g.member()
	real := m.sensorLink(t)
	v := m.sees(t)
	store := g.actor("store")
	l := flow.Link{From: flow.Endpoint{Actor: real.From.Actor, Port: "reading"}, To: flow.Endpoint{Actor: store, Port: "in"}}
	r, st := m.call(t, g, records)
	_, offer, err := link.Offer(link.Terms{Link: l.ID(), Life: real.Life, From: real.From, To: link.End{Actor: store, Node: records, Epoch: v.Placements[store].Epoch}}, r.exporter, m.own)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.put(entryOf(entryOffer, 1, offer)); err != nil {
		t.Fatal(err)
	}
	how, got := st.refused(1)
	if got != nil {
		t.Fatal("a link that no application has is being opened")
	}
	return how
}

// ended waits for the end of a stream.
func (st *stream) ended() (how string) {
	for {
		if _, err := st.hear(); err != nil {
			return err.Error()
		}
	}
}

func injectFrames(t *testing.T, g *ground) string {
	m := g.member()
	m.sensorLink(t)
	_, st := m.call(t, g, ward)
	garbage := make([]byte, 200)
	_, _ = rand.Read(garbage)
	for n := range uint64(64) {
		if err := st.put(entryOf(entrySealed, n+1, garbage)); err != nil {
			return err.Error()
		}
	}
	return st.ended()
}

func reflect(t *testing.T, g *ground) string {
	m := g.member()
	terms := m.sensorLink(t)
	r, st := m.call(t, g, ward)
	_, offer, err := link.Offer(terms, r.exporter, m.own)
	if err != nil {
		t.Fatal(err)
	}
	// An answer and a confirmation without a question, and then a number twice.
	for _, e := range [][]byte{entryOf(entryAnswer, 1, offer), entryOf(entryConfirm, 1, offer), entryOf(entryOffer, 7, offer), entryOf(entryOffer, 7, offer), entryOf(entryOffer, 3, offer)} {
		if err := st.put(e); err != nil {
			return err.Error()
		}
	}
	return st.ended()
}

func malformed(t *testing.T, g *ground) string {
	var how string
	m := g.member()
	for _, b := range [][]byte{{0}, {9, 1, 0}, {entryOffer, 0, 0}, {entryOffer, 1, 0xff, 0xff, 0xff, 0xff, 0x0f}, entryOf(entryOffer, 1, bytes.Repeat([]byte{0xff}, 300)),
		bytes.Repeat([]byte{0x80}, 64)} {
		_, st := m.call(t, g, ward)
		if err := st.put(b); err != nil {
			t.Fatal(err)
		}
		how = st.ended()
	}
	return how
}

func oversized(t *testing.T, g *ground) string {
	var how string
	m := g.member()
	for _, size := range []int{1<<20 + 1, 4 << 20, 16 << 20} {
		_, st := m.call(t, g, ward)
		if err := st.put(entryOf(entrySealed, 1, make([]byte, size))); err == nil {
			how = st.ended()
		} else {
			how = err.Error()
		}
	}
	return how
}

func floodOffers(t *testing.T, g *ground) string {
	m := g.member()
	terms := m.sensorLink(t)
	r, st := m.call(t, g, ward)
	_, offer, err := link.Offer(terms, r.exporter, m.own)
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan string, 1)
	go func() {
		n := 0
		for {
			if _, err := st.hear(); err != nil {
				answers <- fmt.Sprintf("%d offers were refused, then %v", n, err)
				return
			}
			n++
		}
	}()
	const many, batch = 200_000, 500
	for n := 0; n < many; n += batch {
		var all [][]byte
		for i := range batch {
			all = append(all, entryOf(entryOffer, uint64(n+i+1), offer))
		}
		if err := st.put(all...); err != nil {
			break
		}
	}
	st.out.Close()
	return <-answers
}

// offerAs offers a link from a node that is honest otherwise, with its own key and
// the key of its actor. The link is of the sender's making.
func (g *ground) offerAs(from, to flow.NodeID, l flow.Link, identity string) string {
	g.t.Helper()
	own, err := pki.LoadSigner(g.cfgs[from].Certificate)
	if err != nil {
		g.t.Fatal(err)
	}
	actor, err := pki.LoadSigner(identity)
	if err != nil {
		g.t.Fatal(err)
	}
	view := g.member().sees(g.t)
	r, err := dialDoor(g.t.Context(), g.cfgs[to].Door, own)
	if err != nil {
		g.t.Fatal(err)
	}
	defer r.close()
	st := r.links(g.t.Context())
	defer st.close()
	_, offer, err := link.Offer(link.Terms{Link: l.ID(), Life: view.Apps[wardApp].Version, From: link.End{Actor: l.From.Actor, Node: from, Epoch: view.Placements[l.From.Actor].Epoch},
		To: link.End{Actor: l.To.Actor, Node: to, Epoch: view.Placements[l.To.Actor].Epoch}}, r.exporter, actor)
	if err != nil {
		g.t.Fatal(err)
	}
	var how string
	for n := range uint64(25) {
		if err := st.put(entryOf(entryOffer, n+1, offer)); err != nil {
			return st.ended()
		}
		var got *entry
		if how, got = st.refused(n + 1); got != nil {
			g.t.Fatalf("the link %s is being opened: %d", l.ID(), got.kind)
		}
	}
	return how
}
