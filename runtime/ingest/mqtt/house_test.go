package mqtt

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/gate"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
	"github.com/wardflow/wardflow/runtime/pki/pkitest"
)

const (
	monitorURN = "urn:epc:id:giai:0614141.5678"
	pumpURN    = "urn:epc:id:sgtin:0614141.812345.6789"
	group      = "h1/3/icu-3/ecg"
	patience   = 2 * time.Minute
)

// A house is a broker with a core that a test looks into, and a hospital's
// certificates.
type house struct {
	*pkitest.Hospital
	t      testing.TB
	broker *Broker
	core   *core
	events chan flow.AuditEvent
}

func openHouse(t testing.TB, edit func(*Config)) *house {
	t.Helper()
	h := &house{Hospital: pkitest.New(t), t: t, core: &core{}, events: make(chan flow.AuditEvent, 1000)}
	web, err := h.Authority.EnrollWeb(pki.WebRequest{IPs: []net.IP{net.IPv4(127, 0, 0, 1)}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Listen: "127.0.0.1:0", Verifier: h.Verifier(), Core: h.core, Recheck: 10 * time.Millisecond,
		Gate: gate.New(gate.Limits{Rate: 1000, Burst: 1000, All: 1000, BurstAll: 1000}),
		TLS:  pki.WebTLS(func() (*tls.Certificate, error) { return pki.Certificate(web) }, h.Verifier(), pki.Only(flow.RoleDevice)),
		Audit: func(e flow.AuditEvent) {
			select {
			case h.events <- e:
			default:
			}
		}}
	if edit != nil {
		edit(&cfg)
	}
	b, err := Serve(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.broker = b
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// audited waits for an event about who, and gives it.
func (h *house) audited(who string) flow.AuditEvent {
	h.t.Helper()
	late := time.After(patience)
	for {
		select {
		case e := <-h.events:
			if e.Who == who && e.Refused() {
				return e
			}
		case <-late:
			h.t.Fatalf("no audit event names %q", who)
		}
	}
}

// A core takes readings as a test tells it to.
type core struct {
	mu    sync.Mutex // guards what follows
	taken []taken
	do    func(context.Context, ingest.Sender, []ingest.Item) ([]ingest.Outcome, error) // nil: all are accepted
}

type taken struct {
	from ingest.Sender
	item ingest.Item
}

func (c *core) Take(ctx context.Context, from ingest.Sender, items []ingest.Item) ([]ingest.Outcome, error) {
	c.mu.Lock()
	for _, it := range items {
		c.taken = append(c.taken, taken{from, it})
	}
	do := c.do
	c.mu.Unlock()
	if do != nil {
		return do(ctx, from, items)
	}
	return all(items, ingest.Outcome{Outcome: ingest.Accepted}), nil
}

// all is the same outcome for each item.
func all(items []ingest.Item, o ingest.Outcome) (out []ingest.Outcome) {
	for _, it := range items {
		o.Stream, o.Seq = it.Reading.Stream, it.Reading.Seq
		out = append(out, o)
	}
	return out
}

func (c *core) what() []taken {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]taken(nil), c.taken...)
}

// dial opens a TLS connection as a device does.
func (h *house) dial(dev flow.Signer) net.Conn {
	h.t.Helper()
	conf := pki.WebClientTLS(func() flow.Signer { return dev }, h.Verifier(), "127.0.0.1")
	c, err := tls.Dial("tcp", h.broker.Addr(), conf)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { c.Close() })
	return c
}

// A caller is a device's MQTT client.
type caller struct {
	*paho.Client
	t       testing.TB
	ctx     context.Context
	ack     *paho.Connack
	goodbye chan *paho.Disconnect // what the broker said when it ended the session
	heard   chan *paho.Publish
}

// call connects a device; edit may change its CONNECT.
func (h *house) call(dev flow.Signer, edit func(*paho.Connect)) (*caller, error) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	h.t.Cleanup(cancel)
	c := &caller{t: h.t, ctx: ctx, goodbye: make(chan *paho.Disconnect, 1), heard: make(chan *paho.Publish, 100)}
	c.Client = paho.NewClient(paho.ClientConfig{Conn: packets.NewThreadSafeConn(h.dial(dev)), PacketTimeout: patience,
		OnServerDisconnect: func(d *paho.Disconnect) { c.goodbye <- d },
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
			c.heard <- p.Packet
			return true, nil
		}}})
	conn := &paho.Connect{ClientID: "monitor", KeepAlive: 30, CleanStart: true}
	if edit != nil {
		edit(conn)
	}
	var err error
	c.ack, err = c.Connect(ctx, conn)
	h.t.Cleanup(func() {
		c.Disconnect(&paho.Disconnect{})
		<-c.Done()
	})
	return c, err
}

func (h *house) mustCall(dev flow.Signer) *caller {
	h.t.Helper()
	c, err := h.call(dev, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// publish sends a payload with QoS 1 and gives the acknowledgement.
func (c *caller) publish(topic, payload string) *paho.PublishResponse {
	c.t.Helper()
	r, err := c.Publish(c.ctx, &paho.Publish{Topic: topic, QoS: 1, Payload: []byte(payload)})
	if r == nil {
		c.t.Fatal(err)
	}
	return r
}

// ended waits for the broker's DISCONNECT and gives its reason code.
func (c *caller) ended() byte {
	c.t.Helper()
	select {
	case d := <-c.goodbye:
		return d.ReasonCode
	case <-c.ctx.Done():
		c.t.Fatal("the broker did not end the session")
		return 0
	}
}

// reading is a plain reading as JSON.
func reading(seq string) string {
	return `{"stream":"hr","seq":` + seq + `,"kind":"8867-4","unit":"/min","at":"2026-11-22T10:00:00Z","value":"72"}`
}

// until waits for something that nobody tells of.
func (h *house) until(what string, is func() bool) {
	h.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !is(); <-tick.C {
		if time.Now().After(deadline) {
			h.t.Fatalf("waited in vain: %s", what)
		}
	}
}
