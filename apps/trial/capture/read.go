package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// A Stream is what one end of a TCP connection has sent.
type Stream struct {
	From, To netip.AddrPort
	Bytes    []byte
	Gap      bool // some of it is not in the capture
}

// A Capture is what was heard.
type Capture struct {
	Streams []*Stream
	Other   []string // packets that are not TCP, one line each
	Packets int
}

// Read puts a capture file together: pcap (microseconds or nanoseconds, little
// endian) of Ethernet, with IPv4.
func Read(b []byte) (*Capture, error) {
	if len(b) < 24 {
		return nil, errors.New("no capture file: too short")
	}
	if magic := binary.LittleEndian.Uint32(b); magic != 0xa1b2c3d4 && magic != 0xa1b23c4d {
		return nil, fmt.Errorf("no capture file: begins with %#x", magic)
	}
	if link := binary.LittleEndian.Uint32(b[20:]); link != 1 {
		return nil, fmt.Errorf("the capture is of link type %d, want Ethernet, 1", link)
	}
	c, flows := &Capture{}, map[[2]netip.AddrPort]*flow{}
	for b = b[24:]; len(b) >= 16; {
		n := int(binary.LittleEndian.Uint32(b[8:]))
		if full := int(binary.LittleEndian.Uint32(b[12:])); n > len(b)-16 || full != n {
			return nil, fmt.Errorf("packet %d is cut off: %d of %d bytes", c.Packets+1, min(n, len(b)-16), full)
		}
		c.Packets++
		c.packet(flows, b[16:16+n])
		b = b[16+n:]
	}
	for _, f := range flows {
		c.Streams = append(c.Streams, f.stream())
	}
	return c, nil
}

// packet sorts an Ethernet frame in.
func (c *Capture) packet(flows map[[2]netip.AddrPort]*flow, p []byte) {
	if len(p) < 14+20 || binary.BigEndian.Uint16(p[12:]) != 0x0800 {
		c.Other = append(c.Other, fmt.Sprintf("not IPv4: % x", p[:min(len(p), 40)]))
		return
	}
	ip := p[14:]
	head, total := int(ip[0]&15)*4, int(binary.BigEndian.Uint16(ip[2:]))
	if total == 0 || total > len(ip) { // 0: handed to the network card whole
		total = len(ip)
	}
	from, to := netip.AddrFrom4([4]byte(ip[12:])), netip.AddrFrom4([4]byte(ip[16:]))
	if ip[9] != 6 || total < head+20 {
		c.Other = append(c.Other, fmt.Sprintf("protocol %d from %s to %s: % x", ip[9], from, to, ip[head:min(total, head+40)]))
		return
	}
	tcp := ip[head:total]
	key := [2]netip.AddrPort{netip.AddrPortFrom(from, binary.BigEndian.Uint16(tcp)), netip.AddrPortFrom(to, binary.BigEndian.Uint16(tcp[2:]))}
	seq, flags, off := binary.BigEndian.Uint32(tcp[4:]), tcp[13], int(tcp[12]>>4)*4
	f := flows[key]
	if syn := flags&2 != 0; f == nil || syn && f.first != seq {
		if f != nil { // the port is used again
			c.Streams = append(c.Streams, f.stream())
		}
		f = &flow{key: key, first: seq, syn: syn}
		flows[key] = f
	}
	if off <= len(tcp) && len(tcp[off:]) > 0 {
		f.parts = append(f.parts, part{seq, tcp[off:]})
	}
}

// A flow is one direction of a connection as it came.
type flow struct {
	key   [2]netip.AddrPort
	first uint32 // of the SYN, which counts one
	syn   bool
	parts []part
}

type part struct {
	seq  uint32
	data []byte
}

// stream puts the parts in order; what came twice counts once.
func (f *flow) stream() *Stream {
	s := &Stream{From: f.key[0], To: f.key[1]}
	next := f.first
	if f.syn {
		next++
	}
	at := func(p part) int64 { return int64(int32(p.seq - next)) } // streams here are shorter than 2 GiB
	begin := next
	slices.SortStableFunc(f.parts, func(a, b part) int { return int(int32(a.seq-begin)) - int(int32(b.seq-begin)) })
	for _, p := range f.parts {
		ahead := at(p)
		switch {
		case ahead > 0:
			s.Gap = true
			s.Bytes = append(s.Bytes, p.data...)
			next = p.seq + uint32(len(p.data))
		case int64(len(p.data)) > -ahead:
			fresh := p.data[-ahead:]
			s.Bytes = append(s.Bytes, fresh...)
			next += uint32(len(fresh))
		}
	}
	return s
}

// Holds are the names of the needles that stand in a stream.
func (s *Stream) Holds(needles map[string][]byte) (found []string) {
	for name, n := range needles {
		if bytes.Contains(s.Bytes, n) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}
