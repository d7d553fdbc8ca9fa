package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// What TLS 1.3 leaves in the open is the form of its records (RFC 8446, section
// 5.1) and the two Hellos.

// The types of records that may be seen in TLS 1.3.
const (
	changeCipherSpec = 20
	alert            = 21
	handshake        = 22
	applicationData  = 23
)

// Records reads a stream as TLS records, to its end, and returns how many there
// are of application data, which in TLS 1.3 is everything after the Hellos. Bytes
// that are no record are an error; a last one that is not whole is none, as a
// connection may be cut.
func (s *Stream) Records() (sealed int, err error) {
	for b, first := s.Bytes, true; len(b) > 0; first = false {
		if len(b) < 5 {
			return sealed, nil
		}
		typ, n := b[0], int(binary.BigEndian.Uint16(b[3:]))
		switch {
		case typ < changeCipherSpec || typ > applicationData || b[1] != 3 || n > 1<<14+256:
			return sealed, fmt.Errorf("%d bytes before the end stands no TLS record: % x", len(b), b[:min(len(b), 40)])
		case typ == handshake && !first:
			return sealed, errors.New("a handshake goes on in the open, as before TLS 1.3")
		case typ == applicationData:
			sealed++
		}
		b = b[min(len(b), 5+n):]
	}
	return sealed, nil
}

// A Hello is what a server has chosen.
type Hello struct {
	Version uint16 // of the protocol: 0x0304 is TLS 1.3
	Group   uint16 // of the key exchange: 0x11ec is X25519MLKEM768
	Cipher  uint16
}

// The chosen version and group that we want to see.
const (
	TLS13          = 0x0304
	X25519MLKEM768 = 0x11ec
)

// Hello reads the ServerHello with which a server's stream begins (RFC 8446,
// section 4.1.3).
func (s *Stream) Hello() (h Hello, err error) {
	b := s.Bytes
	if len(b) < 5+4+2+32+1 || b[0] != handshake || b[5] != 2 {
		return h, fmt.Errorf("the stream does not begin with a ServerHello: % x", b[:min(len(b), 16)])
	}
	b = b[5+4:]
	h.Version = binary.BigEndian.Uint16(b)
	b = b[2+32:]
	session := int(b[0])
	if len(b) < 1+session+2+1+2 {
		return h, errors.New("the ServerHello is cut off")
	}
	b = b[1+session:]
	h.Cipher = binary.BigEndian.Uint16(b)
	b = b[2+1+2:]
	for len(b) >= 4 {
		typ, n := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		if b = b[4:]; n > len(b) {
			break
		}
		switch {
		case typ == 43 && n == 2: // supported_versions
			h.Version = binary.BigEndian.Uint16(b)
		case typ == 51 && n >= 2: // key_share
			h.Group = binary.BigEndian.Uint16(b)
		}
		b = b[n:]
	}
	return h, nil
}
