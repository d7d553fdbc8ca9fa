package mqtt

import (
	"testing"

	"github.com/eclipse/paho.golang/packets"
)

// Messages of QoS 1 from one device that keeps its window full, with a core that
// settles at once: what the broker, TLS and decoding cost.
func BenchmarkPublish(b *testing.B) {
	h := openHouse(b, nil)
	monitor := h.Device(monitorURN, group)
	raw := h.raw(monitor)
	raw.connect(packets.Connect{ClientID: "m", CleanStart: true})
	pub := &packets.Publish{Topic: TopicOf(monitor.ID, "hr").String(), QoS: 1, Payload: []byte(reading("1"))}
	open := make(chan bool, 64)
	done := make(chan bool)
	b.ReportAllocs()
	b.ResetTimer()
	go func() {
		defer close(done)
		for range b.N {
			if p, err := packets.ReadPacket(raw); err != nil || p.Type != packets.PUBACK {
				b.Errorf("%+v, %v, want PUBACK", p, err)
				return
			}
			<-open
		}
	}()
	for i := range b.N {
		select {
		case open <- true:
		case <-done:
			return
		}
		pub.PacketID = uint16(i%64) + 1
		raw.write(pub)
	}
	<-done
}
