package remote

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"log/slog"
	"math/big"
	"testing"
	"time"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/link"
	"github.com/wardflow/wardflow/runtime/pki"
)

// fuzzSigner is a certificate for handshakes whose Judge believes anybody.
func fuzzSigner(t testing.TB) flow.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return flow.Signer{Key: key, Chain: []*x509.Certificate{c}, ID: flow.Identity{URI: "spiffe://h/node/desk", Role: flow.RoleNode, Name: "desk", NotAfter: c.NotAfter}}
}

// open is a Links that has one link and believes everybody, so that packets get
// as far as they can.
type open struct{ end LinkEnd }

func (o open) Accept(flow.LinkID) (LinkEnd, error) { return o.end, nil }
func (o open) Judge(flow.LinkID, link.End, chain) (flow.Identity, error) {
	return flow.Identity{URI: "spiffe://h/node/evil", NotAfter: time.Now().Add(time.Hour)}, nil
}
func (open) Up(flow.LinkID, flow.Identity, func(link.Message) bool) error { return nil }
func (open) Message(flow.LinkID, link.Message) error                      { return nil }
func (open) Holds(link.Terms, flow.Identity) error                        { return nil }
func (open) Ready(flow.LinkID)                                            {}
func (open) Down(flow.LinkID, error)                                      {}

// FuzzConverse gives a stream packets as a hostile node writes them: whatever they
// are, the stream takes them or ends, remembers little, and answers little.
func FuzzConverse(f *testing.F) {
	own := fuzzSigner(f)
	exporter := make([]byte, link.ExporterLen)
	l, err := flow.ParseLinkID("w:a.out > w:b.in")
	if err != nil {
		f.Fatal(err)
	}
	terms := link.Terms{Link: l.ID(), From: link.End{Actor: l.From.Actor, Node: "evil", Epoch: 1}, To: link.End{Actor: l.To.Actor, Node: "desk", Epoch: 1}}
	_, offer, err := link.Offer(terms, exporter, own)
	if err != nil {
		f.Fatal(err)
	}
	entry := func(b []byte, k entryKind, n uint64, body []byte) []byte {
		return append(appendEntryHead(b, k, n, len(body)), body...)
	}
	f.Add(entry(nil, entryOffer, 1, offer))
	f.Add(entry(entry(nil, entryOffer, 1, offer), entryConfirm, 1, offer))
	f.Add(entry(entry(nil, entryOffer, 1, offer), entrySealed, 1, make([]byte, 40)))
	f.Add(entry(entry(nil, entryOffer, 2, offer), entryRefuse, 2, []byte{reasonOver}))
	f.Add(entry(nil, entryAnswer, 1, nil))
	f.Add([]byte{9, 1, 0})
	f.Add([]byte{byte(entrySealed), 1, 200, 1})
	trust := pki.NewVerifier(pki.Trust{})
	f.Fuzz(func(t *testing.T, b []byte) {
		d := &Door{cfg: Config{Self: "desk", Signer: func() flow.Signer { return own }, Verifier: trust, Listen: "x"}, log: slog.New(slog.DiscardHandler),
			links: map[flow.LinkID]*track{}, carried: open{LinkEnd{Terms: terms, Signer: own}}}
		if err := d.cfg.setDefaults(); err != nil {
			t.Fatal(err)
		}
		st := &stream{door: d, node: "evil", exporter: exporter, out: newOutbox(), done: make(chan struct{}), sessions: map[uint64]*session{},
			conn: &Conn{door: d, peer: flow.Identity{URI: "spiffe://h/node/evil", Name: "evil"}}}
		var m link.Message
		err := st.packet(b, &m)
		if len(st.sessions) > len(b)/len(offer)+1 {
			t.Errorf("%d sessions of %d bytes", len(st.sessions), len(b))
		}
		// The answer to each entry is at most a refusal or a chain of certificates.
		if most := (len(b)/3 + 1) * (whyMost + 2048); st.out.bytes > most {
			t.Errorf("%d bytes are answered to %d", st.out.bytes, len(b))
		}
		for rest := b; err == nil && len(rest) > 0; {
			if _, rest, err = readEntry(rest); err != nil {
				t.Errorf("%x was taken and is no packet: %v", b, err)
			}
		}
	})
}

// FuzzParcel is what gRPC hands over: entries in protobuf's form, by hand.
func FuzzParcel(f *testing.F) {
	f.Add([]byte{entriesTag, 3, 1, 2, 3})
	f.Add([]byte{entriesTag, 0})
	f.Add([]byte{entriesTag, 200, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := readParcel(b)
		if err == nil && len(entries) > len(b) {
			t.Errorf("%d bytes of %d", len(entries), len(b))
		}
	})
}
