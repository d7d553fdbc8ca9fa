package mqtt

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"

	"github.com/wardflow/wardflow/runtime/flow"
	"github.com/wardflow/wardflow/runtime/ingest"
	"github.com/wardflow/wardflow/runtime/pki"
)

// Whatever bytes a device with a good certificate sends, the broker goes on, the
// core is only ever given its own readings on its own topic, and the session's
// goroutines end with it.
func FuzzPackets(f *testing.F) {
	id := flow.Identity{URI: "spiffe://h1/device/x", Role: flow.RoleDevice, EPC: monitorEPC, Group: group}
	topic := TopicOf(id, "hr").String()
	seed := func(ps ...packets.Packet) {
		var b bytes.Buffer
		c := packets.Connect{ProtocolName: "MQTT", ProtocolVersion: 5, ClientID: "m", CleanStart: true, KeepAlive: 30}
		for _, p := range append([]packets.Packet{&c}, ps...) {
			if _, err := p.WriteTo(&b); err != nil {
				f.Fatal(err)
			}
		}
		f.Add(b.Bytes())
	}
	seed(&packets.Publish{Topic: topic, QoS: 1, PacketID: 1, Payload: []byte(reading("1")), Properties: &packets.Properties{ContentType: ingest.JSON, ResponseTopic: AnswersTo(id.EPC)}})
	seed(&packets.Publish{Topic: topic, QoS: 1, PacketID: 1, Payload: []byte{0xd2, 0x84}}, &packets.Pingreq{})
	seed(&packets.Subscribe{PacketID: 2, Subscriptions: []packets.SubOptions{{Topic: AnswersTo(id.EPC)}, {Topic: "#"}}}, &packets.Unsubscribe{PacketID: 3, Topics: []string{"#"}})
	seed(&packets.Puback{PacketID: 9}, &packets.Pubrel{PacketID: 1}, &packets.Auth{ReasonCode: 0x19})
	f.Add([]byte{0x10, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, b []byte) {
		c := &core{}
		broker, err := newBroker(Config{Verifier: pki.NewVerifier(pki.Trust{}), Core: c, Log: slog.New(slog.DiscardHandler), Audit: func(e flow.AuditEvent) {
			if strings.Contains(e.Why, "panic") {
				t.Error(e.Why)
			}
		}, Window: 8, Sessions: 8, Recheck: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		near, far := net.Pipe()
		var run sync.WaitGroup
		run.Go(func() { broker.serve(addressed{near}, id, nil) })
		run.Go(func() { io.Copy(io.Discard, far) })
		far.SetWriteDeadline(time.Now().Add(patience))
		far.Write(b)
		far.Close()
		run.Wait()
		if err := broker.Close(); err != nil {
			t.Fatal(err)
		}
		for _, x := range c.what() {
			if x.from.ID != id || x.item.Reading.Stream == "" {
				t.Errorf("the core was given %+v", x)
			}
		}
	})
}

// addressed is a pipe with an address.
type addressed struct{ net.Conn }

func (addressed) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// A payload either is readings of the topic's stream or an error.
func FuzzPayload(f *testing.F) {
	for _, s := range []string{reading("1"), "[" + reading("1") + "]", "\xa1\x66stream\x62hr", "\xd2\x84\x40", " \n[", ""} {
		f.Add("", []byte(s))
		f.Add(ingest.JSON, []byte(s))
		f.Add(ingest.COSE, []byte(s))
	}
	f.Fuzz(func(t *testing.T, kind string, b []byte) {
		items, err := decode(kind, b)
		if err == nil {
			err = onStream(items, "hr")
		}
		if err != nil {
			return
		}
		if len(items) == 0 || len(items) > ingest.MaxItems {
			t.Errorf("%d items", len(items))
		}
		for _, it := range items {
			if r := it.Reading; r.Stream != "hr" || r.Seq == 0 || len(r.Samples) == 0 {
				t.Errorf("took %+v", r)
			}
		}
	})
}

// What an outside broker gives as a chain is certificates or an error.
func FuzzChain(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte("\n"))
	k := newKnown(pki.NewVerifier(pki.Trust{}))
	f.Fuzz(func(t *testing.T, b []byte) {
		chain, err := readChain(b)
		if (err == nil) != (len(chain) > 0) {
			t.Errorf("%d certificates, %v", len(chain), err)
		}
		if k.learn(b, Topic{EPC: monitorEPC}) == nil {
			t.Error("a chain below no root was believed")
		}
	})
}
