package link

import (
	"crypto/ecdh"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/wardflow/wardflow/runtime/flow"
)

// The bytes of the handshake's messages. They come from other nodes, before
// anything about the link is proved: every length is bounded.

var errHandshake = errors.New("malformed link handshake")

func (t Terms) check() error {
	l, err := flow.ParseLinkID(t.Link)
	switch {
	case err != nil:
		return err
	case l.From.Actor != t.From.Actor || l.To.Actor != t.To.Actor:
		return fmt.Errorf("its ends are not %s and %s", t.From.Actor, t.To.Actor)
	case len(t.Link) > maxName || len(t.From.Node) > maxName || len(t.To.Node) > maxName:
		return fmt.Errorf("a name is longer than %d bytes", maxName)
	}
	return nil
}

func (t Terms) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(appendBytes(b, []byte(t.Link)), t.Life)
	for _, e := range []End{t.From, t.To} {
		b = binary.BigEndian.AppendUint64(appendBytes(b, []byte(e.Node)), e.Epoch)
	}
	return b
}

func readOffer(b []byte) (Terms, *ecdh.PublicKey, error) {
	if len(b) == 0 || len(b) > maxHandshake {
		return Terms{}, nil, errHandshake
	}
	if b[0] != handshakeVersion {
		return Terms{}, nil, fmt.Errorf("%w: version %d is not known here", errHandshake, b[0])
	}
	name, b, err := readBytes(b[1:], maxName)
	if err != nil {
		return Terms{}, nil, err
	}
	l, err := flow.ParseLinkID(flow.LinkID(name))
	if err != nil {
		return Terms{}, nil, fmt.Errorf("%w: %w", errHandshake, err)
	}
	if len(b) < 8 {
		return Terms{}, nil, errHandshake
	}
	t := Terms{Link: flow.LinkID(name), Life: binary.BigEndian.Uint64(b), From: End{Actor: l.From.Actor}, To: End{Actor: l.To.Actor}}
	b = b[8:]
	for _, e := range []*End{&t.From, &t.To} {
		if name, b, err = readBytes(b, maxName); err != nil {
			return Terms{}, nil, err
		}
		if len(b) < 8 {
			return Terms{}, nil, errHandshake
		}
		e.Node, e.Epoch, b = flow.NodeID(name), binary.BigEndian.Uint64(b), b[8:]
	}
	if len(b) != nonceLen+keyLen {
		return Terms{}, nil, errHandshake
	}
	key, err := ecdh.X25519().NewPublicKey(b[nonceLen:])
	if err != nil {
		return Terms{}, nil, errHandshake
	}
	return t, key, nil
}

func readChain(b []byte) ([]*x509.Certificate, []byte, error) {
	if len(b) == 0 || b[0] == 0 || b[0] > maxChain {
		return nil, nil, errHandshake
	}
	chain, b := make([]*x509.Certificate, b[0]), b[1:]
	for i := range chain {
		der, rest, err := readBytes(b, maxCertificate)
		if err != nil {
			return nil, nil, err
		}
		if chain[i], err = x509.ParseCertificate(der); err != nil {
			return nil, nil, fmt.Errorf("%w: certificate %d: %w", errHandshake, i+1, err)
		}
		b = rest
	}
	return chain, b, nil
}

func appendBytes(b, s []byte) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
}

func readBytes(b []byte, most int) (s, rest []byte, err error) {
	if len(b) < 2 {
		return nil, nil, errHandshake
	}
	n := int(binary.BigEndian.Uint16(b))
	if b = b[2:]; n > most || n > len(b) {
		return nil, nil, errHandshake
	}
	return b[:n], b[n:], nil
}
