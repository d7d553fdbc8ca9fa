package remote

import "sync/atomic"

// Traffic is what a door has sent on links since it was opened.
type Traffic struct {
	Packets uint64
	Bytes   uint64 // in packets, before TLS
}

type traffic struct{ packets, bytes atomic.Uint64 }

func (t *traffic) add(bytes int) {
	t.packets.Add(1)
	t.bytes.Add(uint64(bytes))
}

// Sent is what the door has sent on links so far.
func (d *Door) Sent() Traffic { return Traffic{d.sent.packets.Load(), d.sent.bytes.Load()} }
