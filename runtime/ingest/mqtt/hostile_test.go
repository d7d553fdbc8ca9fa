package mqtt

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
)

// A device with a good certificate tries what is not its own. Each attempt is
// refused and leaves an event that names it; the honest device goes on.
func TestOthersTopics(t *testing.T) {
	h := openHouse(t, nil)
	monitor, thief := h.Device(monitorURN, group), h.Device(pumpURN, "h1/3/icu-4/pump")
	honest := h.mustCall(monitor)
	for name, topic := range map[string]string{
		"another's topic":          TopicOf(monitor.ID, "hr").String(),
		"another room":             Topic{Room: "h1/3/icu-3", EPC: thief.ID.EPC, Stream: "hr"}.String(),
		"another's answers":        AnswersTo(monitor.ID.EPC),
		"no topic of ours":         "hr",
		"its topic, small letters": "h1/3/icu-4/" + strings.ToLower(thief.ID.EPC) + "/hr",
	} {
		c := h.mustCall(thief)
		if r := c.publish(topic, reading("1")); r.ReasonCode != 0x87 && r.ReasonCode != 0x90 || r.Properties.ReasonString == "" {
			t.Errorf("%s: reason %#x %q", name, r.ReasonCode, r.Properties.ReasonString)
		}
		if e := h.audited(thief.ID.URI); !e.Proven || e.From == "" || e.Kind != flow.AuditReading {
			t.Errorf("%s: event %+v", name, e)
		}
		if r := honest.publish(TopicOf(monitor.ID, "hr").String(), reading("1")); r.ReasonCode != 0 {
			t.Errorf("%s: the honest device: %#x", name, r.ReasonCode)
		}
	}
	for _, x := range h.core.what() {
		if x.from.ID.URI != monitor.ID.URI {
			t.Errorf("the core was given a reading of %s", x.from.ID.URI)
		}
	}
}

// Nobody hears what others publish, whatever filter is tried.
func TestFilters(t *testing.T) {
	h := openHouse(t, nil)
	monitor, spy := h.Device(monitorURN, group), h.Device(pumpURN, group)
	honest, c := h.mustCall(monitor), h.raw(spy)
	c.connect(packets.Connect{ClientID: "spy", CleanStart: true})
	subscribe := func(filter string) byte {
		c.write(&packets.Subscribe{PacketID: 1, Subscriptions: []packets.SubOptions{{Topic: filter, QoS: 1}}})
		ack, ok := c.read().Content.(*packets.Suback)
		if !ok || len(ack.Reasons) != 1 {
			t.Fatalf("subscribe to %q: %+v", filter, ack)
		}
		return ack.Reasons[0]
	}
	for _, filter := range []string{"#", "+/+/+/+/+", "h1/3/icu-3/" + monitor.ID.EPC + "/#", "answers/+", "answers/#", AnswersTo(monitor.ID.EPC), "$SYS/#",
		"$share/spies/" + AnswersTo(spy.ID.EPC), "$share/spies/#"} {
		if code := subscribe(filter); code < 0x80 {
			t.Errorf("subscribed to %q: %#x", filter, code)
		}
	}
	h.audited(spy.ID.URI)
	honest.publish(TopicOf(monitor.ID, "hr").String(), reading("1"))
	if code := subscribe(AnswersTo(spy.ID.EPC)); code > 2 {
		t.Errorf("own answers: %#x", code)
	}
	// What had been heard of the other's reading would have come before this.
	c.write(&packets.Pingreq{})
	if p := c.read(); p.Type != packets.PINGRESP {
		t.Errorf("heard %+v", p)
	}
}

// What the broker has not is refused as MQTT 5 has it: the session ends with the
// code.
func TestNotServed(t *testing.T) {
	h := openHouse(t, nil)
	monitor := h.Device(monitorURN, group)
	topic := TopicOf(monitor.ID, "hr").String()
	for _, tt := range []struct {
		name string
		pub  packets.Publish
		code byte
	}{
		{"retained", packets.Publish{Topic: topic, QoS: 1, PacketID: 1, Retain: true, Payload: []byte(reading("1"))}, 0x9A},
		{"QoS 2", packets.Publish{Topic: topic, QoS: 2, PacketID: 1, Payload: []byte(reading("1"))}, 0x9B},
		{"wildcard topic", packets.Publish{Topic: "h1/#", QoS: 1, PacketID: 1}, 0x90},
		{"system topic", packets.Publish{Topic: "$SYS/x", QoS: 1, PacketID: 1}, 0x90},
		{"alias", packets.Publish{Topic: topic, QoS: 1, PacketID: 1, Properties: &packets.Properties{TopicAlias: u16(1)}}, 0x94},
	} {
		raw := h.raw(monitor)
		raw.connect(packets.Connect{ClientID: "m", CleanStart: true})
		raw.write(&tt.pub)
		if d, ok := raw.read().Content.(*packets.Disconnect); !ok || d.ReasonCode != tt.code {
			t.Errorf("%s: %+v, want DISCONNECT %#x", tt.name, d, tt.code)
		}
		h.audited(monitor.ID.URI)
	}
	if took := h.core.what(); len(took) != 0 {
		t.Errorf("the core was given %v", took)
	}
}

func TestConnectRefused(t *testing.T) {
	h := openHouse(t, nil)
	monitor := h.Device(monitorURN, group)
	for _, tt := range []struct {
		name string
		edit func(*paho.Connect)
		code byte
	}{
		{"will", func(c *paho.Connect) {
			c.WillMessage = &paho.WillMessage{Topic: TopicOf(monitor.ID, "hr").String(), Payload: []byte("x"), QoS: 1}
		}, 0x87},
		{"authentication", func(c *paho.Connect) { c.Properties = &paho.ConnectProperties{AuthMethod: "SCRAM"} }, 0x8C},
	} {
		c, err := h.call(monitor, tt.edit)
		if err == nil || c.ack == nil || c.ack.ReasonCode != tt.code {
			t.Errorf("%s: %v, %+v, want CONNACK %#x", tt.name, err, c.ack, tt.code)
		}
	}
}

// Old forms of the protocol are refused: they have no reason codes.
func TestOldProtocol(t *testing.T) {
	h := openHouse(t, nil)
	conn := h.dial(h.Device(monitorURN, group))
	conn.Write([]byte{0x10, 0x0d, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 30, 0, 1, 'm'})
	conn.SetReadDeadline(time.Now().Add(patience))
	b, _ := io.ReadAll(conn)
	if len(b) < 4 || b[0] != 0x20 || b[3] == 0 {
		t.Errorf("MQTT 3.1.1 was answered with % x, want a CONNACK that refuses, and the end", b)
	}
}

// A message larger than was announced ends the session before it is read.
func TestOversize(t *testing.T) {
	h := openHouse(t, nil)
	raw := h.raw(h.Device(monitorURN, group))
	raw.connect(packets.Connect{ClientID: "m", CleanStart: true})
	raw.Write([]byte{0x32, 0xff, 0xff, 0xff, 0x7f}) // a PUBLISH of 256 MiB
	if raw.SetReadDeadline(time.Now().Add(patience)); !ends(raw) {
		t.Error("the session goes on")
	}
	if took := h.core.what(); len(took) != 0 {
		t.Errorf("the core was given %v", took)
	}
}

// A device that publishes beyond its window without waiting for answers breaks
// the protocol and is cut.
func TestWindow(t *testing.T) {
	h := openHouse(t, func(c *Config) { c.Window = 4 })
	monitor := h.Device(monitorURN, group)
	held := make(chan struct{})
	h.core.do = func(ctx context.Context, _ ingest.Sender, items []ingest.Item) ([]ingest.Outcome, error) {
		select {
		case <-ctx.Done():
		case <-held:
		}
		return all(items, ingest.Outcome{Outcome: ingest.Accepted}), ctx.Err()
	}
	defer close(held)
	raw := h.raw(monitor)
	raw.connect(packets.Connect{ClientID: "m", CleanStart: true})
	for i := range uint16(5) {
		raw.write(&packets.Publish{Topic: TopicOf(monitor.ID, "hr").String(), QoS: 1, PacketID: i + 1, Payload: []byte(reading("1"))})
	}
	if d, ok := raw.read().Content.(*packets.Disconnect); !ok || d.ReasonCode != 0x93 {
		t.Errorf("%+v, want DISCONNECT 0x93: receive maximum exceeded", d)
	}
	h.audited(monitor.ID.URI)
}

// Only a good certificate of a device comes in, and the record says who tried.
func TestStrangers(t *testing.T) {
	h := openHouse(t, nil)
	expired := h.Issue(pki.Request{Role: flow.RoleDevice, EPC: epcOf(t, pumpURN), Group: group, Life: time.Nanosecond})
	revoked := h.Device(pumpURN, group)
	h.Verifier().RevokeLeaf(revoked.ID.Leaf)
	for name, who := range map[string]flow.Signer{
		"nobody":            {},
		"another hospital":  h.Neighbour().Device(monitorURN, group),
		"another root":      h.Rogue().Device(monitorURN, group),
		"node":              h.Node("other"),
		"staff":             h.Staff("ada"),
		"patient":           h.Patient("p-1"),
		"expired":           expired,
		"revoked":           revoked,
		"collector's":       h.Collector("c", group),
		"key not its own":   {Key: h.Device(pumpURN, group).Key, Chain: h.Device(monitorURN, group).Chain},
		"storage's account": h.Storage("s"),
	} {
		conf := &tls.Config{InsecureSkipVerify: true}
		if who.Key != nil {
			cert, err := pki.Certificate(who)
			if err != nil {
				t.Fatal(err)
			}
			conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return cert, nil }
		}
		c, err := tls.Dial("tcp", h.broker.Addr(), conf)
		if err == nil {
			c.SetReadDeadline(time.Now().Add(patience))
			if !ends(c) {
				t.Errorf("%s was let in", name)
			}
			c.Close()
		}
		claimed := ""
		if len(who.Chain) > 0 && name != "key not its own" { // that handshake ends before the certificate is looked at
			claimed = who.ID.URI
		}
		h.audited(claimed)
	}
	if n := h.broker.Sessions(); n != 0 {
		t.Errorf("%d sessions are open", n)
	}
}

// Plain TCP and TLS 1.2 are no way in.
func TestPlainAndOldTLS(t *testing.T) {
	h := openHouse(t, nil)
	plain, err := net.Dial("tcp", h.broker.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	plain.Write([]byte{0x10, 0x0e, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 30, 0, 0, 1, 'm'})
	if plain.SetReadDeadline(time.Now().Add(patience)); !ends(plain) {
		t.Error("plain MQTT is served")
	}
	cert, err := pki.Certificate(h.Device(monitorURN, group))
	if err != nil {
		t.Fatal(err)
	}
	old, err := tls.Dial("tcp", h.broker.Addr(), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*cert}})
	if err == nil {
		old.Close()
		t.Error("TLS 1.2 is served")
	}
}

// A certificate that is revoked, or ends, while its device is connected ends the
// session.
func TestEndsWithCertificate(t *testing.T) {
	h := openHouse(t, nil)
	monitor := h.Device(monitorURN, group)
	c := h.mustCall(monitor)
	h.Verifier().RevokeLeaf(monitor.ID.Leaf)
	if code := c.ended(); code != 0x87 {
		t.Errorf("revoked: the session ended with %#x, want 0x87", code)
	}
	if e := h.audited(monitor.ID.URI); !strings.Contains(e.Why, "revoked") {
		t.Errorf("event %+v, want that it is revoked", e)
	}

	short := h.Issue(pki.Request{Role: flow.RoleDevice, EPC: epcOf(t, pumpURN), Group: group, Life: 2 * time.Second})
	c = h.mustCall(short)
	if code := c.ended(); code != 0x87 {
		t.Errorf("expired: the session ended with %#x, want 0x87", code)
	}
	if e := h.audited(short.ID.URI); !strings.Contains(e.Why, "expired") {
		t.Errorf("event %+v, want that it has expired", e)
	}
	h.until("no session is left", func() bool { return h.broker.Sessions() == 0 })
}

// One device that opens many connections keeps two, and so does no harm to the
// others.
func TestManyConnections(t *testing.T) {
	h := openHouse(t, func(c *Config) { c.Sessions = 8 })
	monitor, pump := h.Device(monitorURN, group), h.Device(pumpURN, group)
	for range 20 {
		h.dial(pump)
	}
	h.until("the old connections are closed", func() bool { return h.broker.Sessions() <= perDevice })
	if r := h.mustCall(monitor).publish(TopicOf(monitor.ID, "hr").String(), reading("1")); r.ReasonCode != 0 {
		t.Errorf("the other device: %#x", r.ReasonCode)
	}
}

// A device whose refusals come in a flood does not flood the record.
func TestFloodOfRefusals(t *testing.T) {
	h := openHouse(t, nil)
	pump := h.Device(pumpURN, group)
	c := h.mustCall(pump)
	for range 200 {
		c.publish("h1/3/icu-3/"+monitorEPC+"/hr", reading("1"))
	}
	if n := len(h.events); n == 0 || n > 20 {
		t.Errorf("200 refusals left %d events, want a few", n)
	}
}

func epcOf(t *testing.T, urn string) pki.EPC {
	t.Helper()
	e, err := pki.ParseEPC(urn)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func u16(n uint16) *uint16 { return &n }

// ends reads until the connection does; false when it was still open at its
// deadline.
func ends(c net.Conn) bool {
	_, err := io.Copy(io.Discard, c)
	timeout, ok := err.(net.Error)
	return !ok || !timeout.Timeout()
}

// A rawCaller says what no honest client does.
type rawCaller struct {
	net.Conn
	t testing.TB
}

func (h *house) raw(dev flow.Signer) rawCaller {
	h.t.Helper()
	c := h.dial(dev)
	c.SetDeadline(time.Now().Add(patience))
	return rawCaller{c, h.t}
}

func (r rawCaller) write(p packets.Packet) {
	r.t.Helper()
	if _, err := p.WriteTo(r); err != nil {
		r.t.Fatal(err)
	}
}

func (r rawCaller) read() *packets.ControlPacket {
	r.t.Helper()
	p, err := packets.ReadPacket(r)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r rawCaller) connect(c packets.Connect) {
	r.t.Helper()
	c.ProtocolName, c.ProtocolVersion, c.KeepAlive = "MQTT", 5, 30
	r.write(&c)
	if ack, ok := r.read().Content.(*packets.Connack); !ok || ack.ReasonCode != 0 {
		r.t.Fatalf("CONNACK %+v", ack)
	}
}
