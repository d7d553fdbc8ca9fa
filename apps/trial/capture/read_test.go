package capture_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"testing"

	"github.com/wardflow/wardflow/apps/trial/capture"
)

// pcap makes a capture file of TCP segments from 10.0.0.1:1000 to 10.0.0.2:2000.
func pcap(segments ...segment) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, make([]byte, 16)...)
	b = binary.LittleEndian.AppendUint32(b, 1)
	for _, s := range segments {
		tcp := binary.BigEndian.AppendUint16(nil, 1000)
		tcp = binary.BigEndian.AppendUint16(tcp, 2000)
		tcp = binary.BigEndian.AppendUint32(tcp, s.seq)
		tcp = append(tcp, 0, 0, 0, 0, 5<<4, s.flags, 0, 0, 0, 0, 0, 0)
		tcp = append(tcp, s.data...)
		ip := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}
		binary.BigEndian.PutUint16(ip[2:], uint16(20+len(tcp)))
		frame := append(append([]byte{12: 8, 13: 0}, ip...), tcp...)
		b = append(b, make([]byte, 8)...)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(frame)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(frame)))
		b = append(b, frame...)
	}
	return b
}

type segment struct {
	seq   uint32
	flags byte
	data  string
}

const syn = 2

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name     string
		segments []segment
		want     string
		gap      bool
	}{
		{"in order", []segment{{9, syn, ""}, {10, 0, "one"}, {13, 0, "two"}}, "onetwo", false},
		{"out of order", []segment{{9, syn, ""}, {13, 0, "two"}, {10, 0, "one"}}, "onetwo", false},
		{"twice", []segment{{9, syn, ""}, {10, 0, "one"}, {10, 0, "one"}, {11, 0, "netwo"}}, "onetwo", false},
		{"over the end of the numbers", []segment{{1<<32 - 2, syn, ""}, {1<<32 - 1, 0, "one"}, {2, 0, "two"}}, "onetwo", false},
		{"a gap", []segment{{9, syn, ""}, {10, 0, "one"}, {16, 0, "three"}}, "onethree", true},
	} {
		c, err := capture.Read(pcap(tt.segments...))
		if err != nil || len(c.Streams) != 1 || len(c.Other) != 0 {
			t.Fatalf("%s: %+v, %v", tt.name, c, err)
		}
		if s := c.Streams[0]; string(s.Bytes) != tt.want || s.Gap != tt.gap || s.From.Port() != 1000 || s.To.Port() != 2000 {
			t.Errorf("%s: %+v, want %q, gap %v", tt.name, s, tt.want, tt.gap)
		}
	}
	two, err := capture.Read(pcap(segment{9, syn, ""}, segment{10, 0, "one"}, segment{90, syn, ""}, segment{91, 0, "two"}))
	if err != nil || len(two.Streams) != 2 {
		t.Errorf("a port that is used again: %+v, %v, want two streams", two, err)
	}
	if _, err := capture.Read([]byte("no capture at all, but text")); err == nil {
		t.Error("text was read as a capture")
	}
}

// What is not TLS, or goes on in the open, is seen.
func TestRecords(t *testing.T) {
	rec := func(typ byte, data string) string {
		return string([]byte{typ, 3, 3, 0, byte(len(data))}) + data
	}
	for _, tt := range []struct {
		name, stream string
		sealed       int
		ok           bool
	}{
		{"TLS 1.3", rec(22, "\x02hello") + rec(20, "\x01") + rec(23, "sealed") + rec(23, "sealed"), 2, true},
		{"cut off", rec(22, "\x02hello") + rec(23, "sealed")[:7], 1, true},
		{"TLS 1.2", rec(22, "\x02hello") + rec(22, "certificate") + rec(23, "sealed"), 0, false},
		{"plain", "GET / HTTP/1.1\r\n\r\n", 0, false},
		{"plain behind it", rec(22, "\x02hello") + rec(23, "sealed") + "patient p-1", 1, false},
	} {
		n, err := (&capture.Stream{Bytes: []byte(tt.stream)}).Records()
		if n != tt.sealed || (err == nil) != tt.ok {
			t.Errorf("%s: %d, %v, want %d, good %v", tt.name, n, err, tt.sealed, tt.ok)
		}
	}
}

// A secret is found in whatever form it stands there.
func TestNeedles(t *testing.T) {
	needles := capture.Needles("patient", "p-Canary-7")
	for _, text := range []string{"p-Canary-7", "P-CANARY-7", "p-canary-7", "702d43616e6172792d37", base64.StdEncoding.EncodeToString([]byte("p-Canary-7")),
		base64.StdEncoding.EncodeToString([]byte("xp-Canary-7y")), base64.StdEncoding.EncodeToString([]byte("xyp-Canary-7zz"))} {
		if found := (&capture.Stream{Bytes: []byte("... " + text + " ...")}).Holds(needles); len(found) == 0 {
			t.Errorf("not found in %q", text)
		}
	}
	if found := (&capture.Stream{Bytes: bytes.Repeat([]byte("another text "), 100)}).Holds(needles); len(found) != 0 {
		t.Errorf("found %q in another text", found)
	}
	numbers := capture.Numbers("samples", []int64{36731937, 36731938})
	b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("x"), 36731937), 36731938)
	if found := (&capture.Stream{Bytes: b}).Holds(numbers); len(found) != 1 {
		t.Errorf("found %q, want the samples", found)
	}
}
